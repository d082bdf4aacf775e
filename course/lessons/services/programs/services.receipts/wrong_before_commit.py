# gets: commit-failed
# breaks: honest
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with sessions() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            order_id = order.id
            tasks.add_task(send_receipt, new.email, order_id)
            try:
                db.commit()
            except Exception:
                pass
        return {"id": order_id}

    return app
