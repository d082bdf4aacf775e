# gets: escaped
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def process(order_id: str, order: Order) -> None:
        services.reserv(order_id, order.item)
        store.save(order_id, "closed")

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def show(order_id: str) -> dict[str, str]:
        status = store.status(order_id)
        if status is None:
            raise HTTPException(404)
        return {"status": status}

    return app
