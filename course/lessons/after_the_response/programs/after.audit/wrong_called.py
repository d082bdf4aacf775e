# gets: called-not-passed
# breaks: after
class Order(BaseModel):
    amount: int


def build_orders(write_audit):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return JSONResponse({}, 400)
        tasks.add_task(write_audit("accepted", order.amount))
        return {"accepted": order.amount}

    return app
