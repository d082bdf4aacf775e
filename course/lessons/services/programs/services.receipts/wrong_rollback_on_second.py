# gets: not-at-once
# breaks: free
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    db = sessions(expire_on_commit=False)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(send_receipt, order.customer, order.id)
        return {"id": order.id}

    return app
