# gets: wrong-receipt
# breaks: receipt
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
