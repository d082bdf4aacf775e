# gets: no-receipt
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
