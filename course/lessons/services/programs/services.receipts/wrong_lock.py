# gets: next-waits
# breaks: free
import threading


def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()
    lock = threading.Lock()

    def receipt(email, order_id):
        with lock:
            send_receipt(email, order_id)

    @app.post("/orders", status_code=201)
    def create_order(new: NewOrder, tasks: BackgroundTasks):
        with lock:
            with sessions.begin() as db:
                order = Order(customer=new.email)
                db.add(order)
                db.flush()
                order_id = order.id
        tasks.add_task(receipt, new.email, order_id)
        return {"id": order_id}

    return app
