# %% starter
def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db
            db.commit()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, db: Annotated[Session, Depends(get_db)], tasks: BackgroundTasks):
        order = Order(customer=new.email)
        db.add(order)
        db.flush()
        tasks.add_task(lambda: send_receipt(order.customer, order.id))
        return {"id": order.id}

    return app


# %% right reference
def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(send_receipt, order.customer, order.id)
        return {"id": order.id}

    return app


# %% right async_endpoint
import asyncio


def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    @app.post("/orders", status_code=201)
    async def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        number = order.id

        async def job():
            await asyncio.to_thread(send_receipt, new.email, number)

        tasks.add_task(job)
        return {"id": number}

    return app


# %% right closes_early
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, db: Annotated[Session, Depends(get_db)], tasks: BackgroundTasks):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        number = order.id
        db.close()
        tasks.add_task(send_receipt, new.email, number)
        return {"id": number}

    return app


# %% right commit_after_yield
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db
            db.commit()

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.flush()
        tasks.add_task(send_receipt, new.email, order.id)
        return {"id": order.id}

    return app


# %% right core
from sqlalchemy import insert


def build_receipt_shop(sessions, send_receipt):
    app = FastAPI()

    def engine():
        return sessions.kw["bind"]

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks, bind=Depends(engine)):
        with bind.begin() as connection:
            (number,) = connection.execute(insert(Order).values(customer=new.email)).inserted_primary_key
        tasks.add_task(send_receipt, new.email, number)
        return {"id": number}

    return app


# %% right keeps_the_object_loaded
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions(expire_on_commit=False) as db:
            yield db

    def receipt(order):
        send_receipt(order.customer, order.id)

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(receipt, order)
        return {"id": order.id}

    return app


# %% right no_dependency
def build_receipt_shop(sessions, send_receipt):
    def store(email: str) -> int:
        with sessions.begin() as db:
            order = Order(customer=email)
            db.add(order)
            db.flush()
            return order.id

    app = FastAPI()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        number = store(new.email)
        tasks.add_task(lambda: send_receipt(new.email, number))
        return {"id": number}

    return app


# %% right nothing_after_commit
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, db: Annotated[Session, Depends(get_db)], tasks: BackgroundTasks):
        order = Order(customer=new.email)
        db.add(order)
        db.flush()
        number = order.id
        db.commit()
        tasks.add_task(send_receipt, new.email, number)
        return {"id": number}

    return app


# %% right object_read_after_the_commit
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    def receipt(order):
        send_receipt(order.customer, order.id)

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(receipt, order)
        return {"id": order.id}

    return app


# %% right own_session
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    def receipt(order_id):
        with sessions() as own:
            email = own.get_one(Order, order_id).customer
        send_receipt(email, order_id)

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(receipt, order.id)
        return {"id": order.id}

    return app


# %% right service
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse


class Shop:
    def __init__(self, sessions, send_receipt):
        self.sessions, self.send_receipt = sessions, send_receipt

    async def order(self, new: NewOrder):
        with self.sessions() as db, db.begin():
            db.add(order := Order(customer=new.email))
            db.flush()
            number = order.id
        return JSONResponse({"id": number}, 201, background=BackgroundTask(self.receipt, number))

    def receipt(self, number):
        with self.sessions() as db:
            customer = db.scalar(select(Order.customer).where(Order.id == number))
        self.send_receipt(customer, number)


def build_receipt_shop(sessions, send_receipt):
    app = FastAPI()
    app.post("/orders")(Shop(sessions, send_receipt).order)
    return app


# %% right worker_threads
import queue
import threading
from contextlib import asynccontextmanager


def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    jobs = queue.Queue()

    def work():
        while (job := jobs.get()) is not None:
            send_receipt(*job)

    @asynccontextmanager
    async def lifespan(app):
        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        yield
        for _ in workers:
            jobs.put(None)
        for worker in workers:
            worker.join()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
        tasks.add_task(jobs.put, (new.email, order_id))
        return {"id": order_id}

    return app


# %% wrong commit_in_endpoint_only gets connection-held
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    def receipt(order):
        send_receipt(order.customer, order.id)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, db: Annotated[Session, Depends(get_db)], tasks: BackgroundTasks):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(receipt, order)
        return {"id": order.id}

    return app


# %% wrong own_session_held gets connection-held
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    def receipt(number):
        with sessions() as own:
            order = own.get_one(Order, number)
            send_receipt(order.customer, number)

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(receipt, order.id)
        return {"id": order.id}

    return app


# %% wrong refreshed gets connection-held
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, db: Annotated[Session, Depends(get_db)], tasks: BackgroundTasks):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        db.refresh(order)
        tasks.add_task(send_receipt, order.customer, order.id)
        return {"id": order.id}

    return app


# %% wrong session_goes_along gets connection-held
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    def receipt(db, number):
        send_receipt(db.get_one(Order, number).customer, number)

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(receipt, db, order.id)
        return {"id": order.id}

    return app


# %% wrong receipt_with_session gets connection-held breaks free
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def receipt(order_id):
        with sessions() as db:
            order = db.get_one(Order, order_id)
            send_receipt(order.customer, order.id)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
        tasks.add_task(receipt, order_id)
        return {"id": order_id}

    return app


# %% wrong object_after_close gets detached
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    def receipt(order):
        send_receipt(order.customer, order.id)

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.flush()
        number = order.id
        db.commit()
        tasks.add_task(receipt, order)
        return {"id": number}

    return app


# %% wrong called gets inline
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        number = order.id
        tasks.add_task(send_receipt(new.email, number))
        return {"id": number}

    return app


# %% wrong inline gets inline
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        send_receipt(order.customer, order.id)
        return {"id": order.id}

    return app


# %% wrong added_in_teardown gets no-receipt
def build_receipt_shop(sessions, send_receipt):
    app = FastAPI()
    orders = []

    def get_db(tasks: BackgroundTasks):
        with sessions() as db:
            yield db
        tasks.add_task(send_receipt, *orders[-1])

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, db: Annotated[Session, Depends(get_db)]):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        orders.append((order.customer, order.id))
        return {"id": order.id}

    return app


# %% wrong forgets_the_receipt gets no-receipt
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        return {"id": order.id}

    return app


# %% wrong commit_is_a_task gets not-stored
def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, db: Annotated[Session, Depends(get_db)], tasks: BackgroundTasks):
        order = Order(customer=new.email)
        db.add(order)
        db.flush()
        tasks.add_task(db.commit)
        tasks.add_task(send_receipt, new.email, order.id)
        return {"id": order.id}

    return app


# %% wrong never_commits gets not-stored
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.flush()
        tasks.add_task(send_receipt, order.customer, order.id)
        return {"id": order.id}

    return app


# %% wrong plain_data_only gets not-stored
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db
            db.commit()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, db: Annotated[Session, Depends(get_db)], tasks: BackgroundTasks):
        order = Order(customer=new.email)
        db.add(order)
        db.flush()
        tasks.add_task(send_receipt, order.customer, order.id)
        return {"id": order.id}

    return app


# %% wrong task_commits gets not-stored
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    def receipt(db, email, number):
        send_receipt(email, number)
        db.commit()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, db: Annotated[Session, Depends(get_db)], tasks: BackgroundTasks):
        order = Order(customer=new.email)
        db.add(order)
        db.flush()
        tasks.add_task(receipt, db, new.email, order.id)
        return {"id": order.id}

    return app


# %% wrong on_the_loop gets on-the-loop
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    async def receipt(email, number):
        send_receipt(email, number)

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(receipt, order.customer, order.id)
        return {"id": order.id}

    return app


# %% wrong async_receipt gets on-the-loop breaks free
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id

        async def receipt():
            send_receipt(new.email, order_id)

        tasks.add_task(receipt)
        return {"id": order_id}

    return app


# %% wrong uncommitted_id gets task-failed
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    def receipt(number):
        with sessions() as own:
            email = own.get_one(Order, number).customer
        send_receipt(email, number)

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.flush()
        tasks.add_task(receipt, order.id)
        return {"id": order.id}

    return app


# %% wrong both_open gets task-starved
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    def receipt(number):
        with sessions() as own:
            email = own.get_one(Order, number).customer
        send_receipt(email, number)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, db: Annotated[Session, Depends(get_db)], tasks: BackgroundTasks):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(receipt, order.id)
        return {"id": order.id}

    return app


# %% wrong twice gets twice
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        for _ in range(2):
            tasks.add_task(send_receipt, order.customer, order.id)
        return {"id": order.id}

    return app


# %% wrong swapped gets wrong-receipt
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(send_receipt, order.id, order.customer)
        return {"id": order.id}

    return app


# %% wrong newest gets wrong-receipt breaks receipt
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def receipt(email):
        with sessions() as db:
            order_id = db.scalar(select(func.max(Order.id)))
        send_receipt(email, order_id)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
        tasks.add_task(receipt, new.email)
        return {"id": order_id}

    return app


# %% wrong no_id gets wrong-reply
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(send_receipt, order.customer, order.id)
        return {"order": new.email}

    return app


# %% wrong before_commit gets commit-failed breaks honest
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
            tasks.add_task(send_receipt, new.email, order_id)
            try:
                db.commit()
            except Exception:
                pass
        return {"id": order_id}

    return app


# %% wrong shared_between_requests gets mixed-up breaks receipt
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    latest = {}

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            latest["email"], latest["number"] = new.email, order.id
        tasks.add_task(lambda: send_receipt(latest["email"], latest["number"]))
        return {"id": latest["number"]}

    return app


# %% wrong never_closed gets never-given-back breaks free
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    open_sessions = []

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        db = sessions()
        open_sessions.append(db)
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(send_receipt, new.email, order.id)
        return {"id": order.id}

    return app


# %% wrong lock gets next-waits breaks free
import threading


def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    lock = threading.Lock()

    def receipt(email, order_id):
        with lock:
            send_receipt(email, order_id)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with lock:
            with sessions.begin() as db:
                order = Order(customer=new.email)
                db.add(order)
                db.flush()
                order_id = order.id
        tasks.add_task(receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% wrong same_customer_once gets no-second-receipt breaks receipt
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    seen = set()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
        if new.email not in seen:
            seen.add(new.email)
            tasks.add_task(send_receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% wrong rollback_on_second gets not-at-once breaks free
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    db = sessions(expire_on_commit=False)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(send_receipt, order.customer, order.id)
        return {"id": order.id}

    return app


# %% wrong receipt_failure_rolls_back gets not-kept breaks stored
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def receipt(email, order_id):
        try:
            send_receipt(email, order_id)
        except Exception:
            with sessions.begin() as db:
                db.delete(db.get_one(Order, order_id))
            raise

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
        tasks.add_task(receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% wrong big_pool gets second-connection breaks sessions
from sqlalchemy import create_engine


def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    bigger = sessionmaker(create_engine(sessions.kw["bind"].url, pool_size=20, max_overflow=20))

    def get_db():
        with bigger() as db:
            yield db

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, db: Annotated[Session, Depends(get_db)], tasks: BackgroundTasks):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        db.refresh(order)
        tasks.add_task(send_receipt, order.customer, order.id)
        return {"id": order.id}

    return app


# %% wrong null_pool gets second-connection breaks sessions
from sqlalchemy import NullPool, create_engine


def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    free = sessionmaker(create_engine(sessions.kw["bind"].url, poolclass=NullPool))

    def get_db():
        with free() as db:
            yield db

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, db: Annotated[Session, Depends(get_db)], tasks: BackgroundTasks):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(send_receipt, new.email, order.id)
        return {"id": order.id}

    return app


# %% wrong count_id gets other-number breaks stored
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    number = 0

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        nonlocal number
        number += 1
        with sessions.begin() as db:
            db.add(Order(customer=new.email))
        tasks.add_task(send_receipt, new.email, number)
        return {"id": number}

    return app


# %% wrong receipt_for_nothing gets receipt-for-nothing breaks honest
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask


def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders")
    def create_order(new: NewOrder):
        with sessions() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            number, status = order.id, 201
            try:
                db.commit()
            except Exception:
                status = 503
        receipt = BackgroundTask(send_receipt, new.email, number)
        return JSONResponse({"id": number}, status, background=receipt)

    return app


# %% wrong on_failure_twice gets tried-again breaks receipt
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def receipt(email, order_id):
        try:
            send_receipt(email, order_id)
        except Exception:
            send_receipt(email, order_id)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
        tasks.add_task(receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% wrong takes_the_highest_number gets number-of-another breaks stored
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            db.add(Order(customer=new.email))
        with sessions() as db:
            number = db.scalar(select(func.max(Order.id)))
        tasks.add_task(send_receipt, new.email, number)
        return {"id": number}

    return app


# %% wrong lower_case gets other-address breaks receipt
def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
        tasks.add_task(send_receipt, new.email.lower(), order_id)
        return {"id": order_id}

    return app


# %% wrong stored_in_lower_case gets other-rows breaks stored
def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email.lower())
            db.add(order)
            db.flush()
            order_id = order.id
        tasks.add_task(send_receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% wrong stored_twice gets other-rows breaks stored
def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
            db.add(Order(customer=new.email))
        tasks.add_task(send_receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% wrong stops_at_a_failure gets none-after-failure breaks receipt
def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()
    bad = []

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id

        def send():
            if bad:
                return
            try:
                send_receipt(new.email, order_id)
            except Exception:
                bad.append(1)
                raise

        tasks.add_task(send)
        return {"id": order_id}

    return app


# %% wrong open_after_a_failed_commit gets kept-after-failure breaks honest
def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()
    keep = []

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        db = sessions()
        keep.append(db)
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        order_id = order.id
        db.close()
        tasks.add_task(send_receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% right lock_around_the_database
import threading
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse


def build_receipt_shop(sessions, send_receipt):
    app = FastAPI()
    one = threading.Lock()

    @app.post("/orders")
    def create(new: NewOrder):
        with one, sessions() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.commit()
            number = order.id
        return JSONResponse({"id": number}, 201, background=BackgroundTask(send_receipt, new.email, number))

    return app


# %% right async_lock
def build_receipt_shop(sessions, send_receipt):
    app = FastAPI()
    door = asyncio.Lock()

    def store(email):
        with sessions.begin() as db:
            db.add(order := Order(customer=email))
            db.flush()
            return order.id

    @app.post("/orders", status_code=201)
    async def create(new: NewOrder, tasks: BackgroundTasks):
        async with door:
            number = await asyncio.to_thread(store, new.email)
        tasks.add_task(asyncio.to_thread, send_receipt, new.email, number)
        return {"id": number}

    return app


# %% wrong closed_after_a_failed_commit gets not-after-failure breaks honest
from fastapi import HTTPException


def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    failures = []

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        if failures:
            raise HTTPException(503, "the database is down")
        try:
            with sessions.begin() as db:
                order = Order(customer=new.email)
                db.add(order)
                db.flush()
                order_id = order.id
        except Exception as error:
            failures.append(error)
            raise
        tasks.add_task(send_receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% wrong held_over_an_await gets held-over-an-await breaks free
def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=201)
    async def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            await run_in_threadpool(db.refresh, order)
            number = order.id
            db.commit()
        tasks.add_task(send_receipt, new.email, number)
        return {"id": number}

    return app


# %% wrong commits_again gets committed-again breaks honest
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def save(email):
        with sessions.begin() as db:
            order = Order(customer=email)
            db.add(order)
            db.flush()
            return order.id

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        try:
            order_id = save(new.email)
        except Exception:
            order_id = save(new.email)
        tasks.add_task(send_receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% wrong one_order_for_each_customer gets no-row-of-its-own breaks stored
from sqlalchemy import select


def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = db.scalar(select(Order).where(Order.customer == new.email))
            if order is None:
                order = Order(customer=new.email)
                db.add(order)
                db.flush()
            order_id = order.id
        tasks.add_task(send_receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% wrong busy gets refused breaks free
import threading

from fastapi import HTTPException


def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    lock = threading.Lock()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        if not lock.acquire(blocking=False):
            raise HTTPException(503)
        try:
            with sessions.begin() as db:
                order = Order(customer=new.email)
                db.add(order)
                db.flush()
                order_id = order.id
        finally:
            lock.release()
        tasks.add_task(send_receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% wrong task_with_an_engine gets second-connection breaks sessions
from sqlalchemy import create_engine


def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    for_tasks = create_engine(sessions.kw["bind"].url)

    def receipt(number):
        with Session(for_tasks) as own:
            to = own.get_one(Order, number).customer
        send_receipt(to, number)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            number = order.id
        tasks.add_task(receipt, number)
        return {"id": number}

    return app


# %% wrong task_connects_by_itself gets second-connection breaks sessions
import contextlib
import sqlite3


def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()

    def receipt(path, order_id):
        with contextlib.closing(sqlite3.connect(path)) as own:
            (email,) = own.execute("SELECT customer FROM orders WHERE id = ?", (order_id,)).fetchone()
        send_receipt(email, order_id)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            _, _, path = db.connection().exec_driver_sql("PRAGMA database_list").first()
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
        tasks.add_task(receipt, path, order_id)
        return {"id": order_id}

    return app


# %% wrong new_pool_if_busy gets second-connection breaks sessions
from sqlalchemy.exc import TimeoutError as Exhausted


def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()

    def store(email):
        with sessions.begin() as db:
            order = Order(customer=email)
            db.add(order)
            db.flush()
            return order.id

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        try:
            order_id = store(new.email)
        except Exhausted:
            sessions.kw["bind"].dispose(close=False)
            order_id = store(new.email)
        tasks.add_task(send_receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% wrong same_pool_again gets second-connection breaks sessions
from sqlalchemy import create_engine


def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()
    pool = sessions.kw["bind"].pool.recreate()
    for_tasks = sessionmaker(create_engine("sqlite://", pool=pool))

    def receipt(order_id):
        with for_tasks() as own:
            email = own.get_one(Order, order_id).customer
        send_receipt(email, order_id)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
        tasks.add_task(receipt, order_id)
        return {"id": order_id}

    return app


# %% right new_pool_at_the_start
from contextlib import asynccontextmanager


def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    engine = sessions.kw["bind"]

    @asynccontextmanager
    async def lifespan(app):
        engine.dispose()
        yield
        engine.dispose()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
        tasks.add_task(send_receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% wrong counts_from_the_start gets number-taken breaks stored
import itertools
import threading


def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()
    with sessions() as db:
        numbers = itertools.count((db.scalar(select(func.max(Order.id))) or 0) + 1)
    lock = threading.Lock()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with lock:
            order_id = next(numbers)
        with sessions.begin() as db:
            db.add(Order(id=order_id, customer=new.email))
        tasks.add_task(send_receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% wrong task_before_the_commit gets receipt-for-nothing breaks honest
from typing import Annotated
from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.responses import JSONResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session, sessionmaker


def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions() as db:
            order = Order(customer=new.email)
            db.add(order)
            try:
                db.flush()
                order_id = order.id
                tasks.add_task(send_receipt, new.email, order_id)
                db.commit()
            except Exception:
                db.rollback()
                return JSONResponse({"detail": "try again later"}, status_code=503)
        return {"id": order_id}

    return app


# %% wrong newest_of_the_customer gets number-of-another breaks stored
def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            db.add(Order(customer=new.email))
        with sessions() as db:
            number = db.scalar(select(func.max(Order.id)).where(Order.customer == new.email))
        tasks.add_task(send_receipt, new.email, number)
        return {"id": number}

    return app


# %% wrong receipt_looks_for_the_newest gets number-of-another breaks receipt
def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()

    def receipt(email, order_id):
        with sessions() as db:
            newest = db.scalar(select(Order.id).where(Order.customer == email).order_by(Order.id.desc()))
        send_receipt(email, newest)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
        tasks.add_task(receipt, new.email, order_id)
        return {"id": order_id}

    return app


# %% wrong closed_only_on_success gets kept-after-failure breaks honest
def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        db = sessions()
        order = Order(customer=new.email)
        db.add(order)
        db.flush()
        number = order.id
        db.commit()
        db.close()
        tasks.add_task(send_receipt, new.email, number)
        return {"id": number}

    return app


# %% wrong once_more_if_the_line_is_down gets tried-again breaks receipt
def build_receipt_shop(sessions: sessionmaker[Session], send_receipt) -> FastAPI:
    app = FastAPI()

    def get_db():
        with sessions() as db:
            yield db

    def send(email, order_id):
        try:
            send_receipt(email, order_id)
        except OSError:
            send_receipt(email, order_id)

    @app.post("/orders", status_code=201)
    def create_order(
        new: NewOrder, db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks
    ):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(send, order.customer, order.id)
        return {"id": order.id}

    return app
