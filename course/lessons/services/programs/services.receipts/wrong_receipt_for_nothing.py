# gets: receipt-for-nothing
# breaks: honest
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask


def build_receipt_shop(sessions, send_receipt) -> FastAPI:
    app = FastAPI()

    @app.post("/orders")
    def create_order(new: NewOrder):
        with sessions() as db:
            order = Order(customer=new.email)
            db.add(order)
            db.flush()
            number, status = order.id, 201
            try:
                db.commit()
            except Exception:
                status = 503
        receipt = BackgroundTask(send_receipt, new.email, number)
        return JSONResponse({"id": number}, status, background=receipt)

    return app
