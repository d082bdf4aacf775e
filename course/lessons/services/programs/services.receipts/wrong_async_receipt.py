# gets: on-the-loop
# breaks: free
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions.begin() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id

        async def receipt():
            send_receipt(new.email, order_id)

        tasks.add_task(receipt)
        return {"id": order_id}

    return app
