def build_orders(write_audit) -> FastAPI:
    from starlette.concurrency import run_in_threadpool

    app = FastAPI()

    class Order(BaseModel):
        amount: int

    class Audit:
        def __init__(self, app):
            self.app = app

        async def __call__(self, scope, receive, send):
            await self.app(scope, receive, send)
            if scope["type"] == "http" and "entry" in scope["state"]:
                await run_in_threadpool(write_audit, *scope["state"]["entry"])

    app.add_middleware(Audit)

    from fastapi import Request

    @app.post("/orders", status_code=202)
    async def order(order: Order, request: Request):
        request.state.entry = ("accepted" if order.amount > 0 else "refused", order.amount)
        if order.amount <= 0:
            raise HTTPException(400)

    return app
