from fastapi import Request


def build_orders(write_audit):
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.exception_handler(HTTPException)
    async def refused(request, error):
        return JSONResponse({"detail": error.detail}, error.status_code, background=request.state.tasks)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks, request: Request):
        request.state.tasks = tasks
        verdict = "accepted" if order.amount > 0 else "refused"
        tasks.add_task(write_audit, verdict, order.amount)
        if verdict == "refused":
            raise HTTPException(400, "how many?")

    return app
