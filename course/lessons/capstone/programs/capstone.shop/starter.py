def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        return ____

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        return ____

    return app
