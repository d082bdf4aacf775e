# gets: other-database
# breaks: sessions
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
