# gets: connection-held
# breaks: free
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    def receipt(order_id):
        with sessions() as db:
            order = db.get_one(Order, order_id)
            send_receipt(order.customer, order.id)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
        tasks.add_task(receipt, order_id)
        return {"id": order_id}

    return app
