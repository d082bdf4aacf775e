# gets: connection-held
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
