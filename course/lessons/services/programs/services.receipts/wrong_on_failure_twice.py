# gets: tried-again
# breaks: receipt
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
