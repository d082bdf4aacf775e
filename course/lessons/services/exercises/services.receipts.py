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
