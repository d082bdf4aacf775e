def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        if order.amount <= 0:
            tasks.add_task(write_audit, "refused", order.amount)
            return JSONResponse({"detail": "the amount must be positive"}, status_code=400)
        tasks.add_task(write_audit, "accepted", order.amount)
        return {"accepted": order.amount}

    return app
