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
