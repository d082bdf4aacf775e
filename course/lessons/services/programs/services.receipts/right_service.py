from starlette.background import BackgroundTask
from starlette.responses import JSONResponse


class Shop:
    def __init__(self, sessions, send_receipt):
        self.sessions, self.send_receipt = sessions, send_receipt

    async def order(self, new: NewOrder):
        with self.sessions() as db, db.begin():
            db.add(order := Order(customer=new.email))
            db.flush()
            number = order.id
        return JSONResponse({"id": number}, 201, background=BackgroundTask(self.receipt, number))

    def receipt(self, number):
        with self.sessions() as db:
            customer = db.scalar(select(Order.customer).where(Order.id == number))
        self.send_receipt(customer, number)


def build_receipt_shop(sessions, send_receipt):
    app = FastAPI()
    app.post("/orders")(Shop(sessions, send_receipt).order)
    return app
