# gets: mixed-up
# breaks: receipt
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    latest = {}

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            latest["email"], latest["number"] = new.email, order.id
        tasks.add_task(lambda: send_receipt(latest["email"], latest["number"]))
        return {"id": latest["number"]}

    return app
