# gets: other-number
# breaks: stored
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    number = 0

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        nonlocal number
        number += 1
        with sessions.begin() as db:
            db.add(Order(customer=new.email))
        tasks.add_task(send_receipt, new.email, number)
        return {"id": number}

    return app
