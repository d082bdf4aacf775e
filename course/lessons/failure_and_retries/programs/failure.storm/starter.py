def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(____, order.id)

    return app
