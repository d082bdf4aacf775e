# gets: not-audited-again
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()
    seen = set()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        ok = order.amount > 0
        if order.amount not in seen:
            seen.add(order.amount)
            tasks.add_task(write_audit, "accepted" if ok else "refused", order.amount)
        return JSONResponse({}, 202 if ok else 400)

    return app
