# gets: wrong-entry
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        ok = order.amount > 0
        tasks.add_task(write_audit, order.amount, "accepted" if ok else "refused")
        return JSONResponse({}, 202 if ok else 400)

    return app
