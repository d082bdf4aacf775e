def build_orders(write_audit) -> FastAPI:
    app = FastAPI()

    class Order(BaseModel):
        amount: int

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        return ____

    return app
