# gets: lost
# breaks: retries
def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)

    def plan(order_id: str, order: Order) -> TaskManager:
        again = retry_transient(attempts=2, wait=wait_random_exponential(multiplier=0.02, max=0.1))
        manager = TaskManager()

        def add(name, function, after=()):
            manager.add_task(name, function, after, retry=again)

        add("reserve", lambda: services.reserve(order_id, order.item))
        add("authorise", lambda: services.authorise(order_id, order.cents))
        add("capture", lambda: services.capture(order_id, order_id), ["reserve", "authorise"])
        add("invoice", lambda: services.invoice(order_id), ["capture"])
        add("mail", lambda: services.mail(order_id, order.email), ["capture"])
        add("count", lambda: services.count(order_id), ["capture"])
        return manager

    @guarded
    async def process(order_id: str, order: Order) -> None:
        report = await plan(order_id, order).run()
        failed = {name for name in report if report[name].error is not None}
        if any(isinstance(report[name].error, Declined | OutOfStock) for name in failed):
            if report["reserve"].outcome is Outcome.DONE:
                await asyncio.to_thread(services.release, order_id)
            status = "refused"
        else:
            status = "failed" if "invoice" in failed else "closed"
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
        return {"id": order_id, "status": status}

    return app
