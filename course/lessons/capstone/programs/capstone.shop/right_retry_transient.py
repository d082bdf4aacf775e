def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    again = retry_transient(attempts=4)
    manager = TaskManager(inputs=["order_id", "order"])
    manager.add_task(
        "reserve",
        lambda order_id, order: services.reserve(order_id, order.item),
        ["order_id", "order"],
        retry=again,
    )
    manager.add_task(
        "authorise",
        lambda order_id, order: services.authorise(order_id, order.cents),
        ["order_id", "order"],
        retry=again,
    )
    manager.add_task(
        "capture",
        lambda order_id: services.capture(order_id, order_id),
        ["order_id", "reserve", "authorise"],
        retry=again,
    )
    manager.add_task(
        "invoice", lambda order_id: services.invoice(order_id), ["order_id", "capture"], retry=again
    )
    manager.add_task(
        "mail",
        lambda order_id, order: services.mail(order_id, order.email),
        ["order_id", "order", "capture"],
        retry=again,
    )
    manager.add_task("count", lambda order_id: services.count(order_id), ["order_id", "capture"], retry=again)

    release = TaskManager(inputs=["order_id"])
    release.add_task("release", lambda order_id: services.release(order_id), ["order_id"], retry=again)

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await manager.run(order_id=order_id, order=order)
        errors = {name: report[name].error for name in report if report[name].error is not None}
        status = "failed" if errors.keys() - {"count"} else "closed"
        if any(isinstance(error, Declined | OutOfStock) for error in errors.values()):
            status = "refused"
            if report["reserve"].outcome is Outcome.DONE:
                put_back = await release.run(order_id=order_id)
                if put_back["release"].error is not None:
                    status = "failed"
        await asyncio.to_thread(store.save, order_id, status)

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
