def build_shop(services):
    app = FastAPI()
    store = Store(services.database)

    async def call(function, *args):
        for attempt in range(4):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if attempt == 3:
                    raise
                await asyncio.sleep(0.01)

    async def both(*jobs):
        results = await asyncio.gather(*jobs, return_exceptions=True)
        return [error for error in results if error is not None]

    async def work(order_id, order):
        errors = await both(
            call(services.reserve, order_id, order.item), call(services.authorise, order_id, order.cents)
        )
        if errors:
            if services.did("reserve", order_id):
                await call(services.release, order_id)
            no = any(isinstance(error, (Declined, OutOfStock)) for error in errors)
            return "refused" if no else "failed"
        try:
            await call(services.capture, order_id, "capture-" + order_id)
        except ConnectionError:
            return "failed"
        async with asyncio.TaskGroup() as group:
            counted = group.create_task(both(call(services.count, order_id)))
            errors = await both(call(services.invoice, order_id), call(services.mail, order_id, order.email))
        assert counted.done()
        return "failed" if errors else "closed"

    async def process(order_id, order):
        try:
            status = await work(order_id, order)
        except Exception:
            status = "failed"
        store.save(order_id, status)

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks):
        order_id = str(uuid.uuid4())
        store.save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id, "status": "accepted"}

    @app.get("/orders/{order_id}")
    async def show(order_id):
        if (status := store.status(order_id)) is None:
            raise HTTPException(404)
        return {"id": order_id, "status": status}

    return app
