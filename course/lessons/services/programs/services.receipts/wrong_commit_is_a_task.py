# gets: not-stored
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
