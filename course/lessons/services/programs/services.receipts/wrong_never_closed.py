# gets: never-given-back
# breaks: free
def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    open_sessions = []

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        db = sessions()
        open_sessions.append(db)
        order = Order(customer=new.email)
        db.add(order)
        db.commit()
        tasks.add_task(send_receipt, new.email, order.id)
        return {"id": order.id}

    return app
