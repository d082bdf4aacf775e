def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    again = retry_transient(attempts=4, wait=wait_random_exponential(multiplier=0.02, max=0.1))
    manager = TaskManager(inputs=["order_id", "order"])  # one, with one pool of threads, for all orders

    def add(name, function, after=()):
        manager.add_task(name, function, ["order_id", "order", *after], retry=again)

    add("reserve", lambda order_id, order: services.reserve(order_id, order.item))
    add("authorise", lambda order_id, order: services.authorise(order_id, order.cents))
    add("capture", lambda order_id, order: services.capture(order_id, order_id), ["reserve", "authorise"])
    add("invoice", lambda order_id, order: services.invoice(order_id), ["capture"])
    add("mail", lambda order_id, order: services.mail(order_id, order.email), ["capture"])
    add("count", lambda order_id, order: services.count(order_id), ["capture"])

    @again.wraps
    async def put_back(order_id: str) -> None:
        await asyncio.to_thread(services.release, order_id)

    async def refuse(order_id: str, reserved: bool) -> str:
        try:
            if reserved:
                await put_back(order_id)
        except ConnectionError:
            return "failed"
        return "refused"

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await manager.run(order_id=order_id, order=order)
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            status = await refuse(order_id, reserved=report["reserve"].outcome is Outcome.DONE)
        else:
            status = "failed" if failed - {"count"} else "closed"
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
            raise HTTPException(404, "no such order")
        return {"status": status}

    return app
