def build_receipt_shop(sessions, send_receipt):
    def store(email: str) -> int:
        with sessions.begin() as db:
            order = Order(customer=email)
            db.add(order)
            db.flush()
            return order.id

    app = FastAPI()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        number = store(new.email)
        tasks.add_task(lambda: send_receipt(new.email, number))
        return {"id": number}

    return app
