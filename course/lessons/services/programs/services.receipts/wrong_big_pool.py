# gets: other-database
# breaks: sessions
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
