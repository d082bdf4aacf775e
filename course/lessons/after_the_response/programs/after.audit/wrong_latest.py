# gets: mixed-up
# breaks: once
def build_orders(write_audit) -> FastAPI:
    app = FastAPI()
    latest = {}

    class Order(BaseModel):
        amount: int

    def audit(word):
        write_audit(word, latest["amount"])

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        ok = order.amount > 0
        latest["amount"] = order.amount
        tasks.add_task(audit, "accepted" if ok else "refused")
        return JSONResponse({}, 202 if ok else 400)

    return app
