# gets: no-second-receipt
# breaks: receipt
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
