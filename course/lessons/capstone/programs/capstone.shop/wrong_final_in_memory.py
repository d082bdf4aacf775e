# gets: forgotten
# breaks: status
class Pipeline:
    def __init__(self, services, store):
        self.services, self.store, self.ends = services, store, {}

    async def step(self, function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def __call__(self, order_id, order):
        try:
            status = await self.work(order_id, order)
        except Exception:
            status = "failed"
        self.ends[order_id] = status

    async def work(self, order_id, order):
        s = self.services
        reserved, authorised = await asyncio.gather(
            self.step(s.reserve, order_id, order.item),
            self.step(s.authorise, order_id, order.cents),
            return_exceptions=True,
        )
        if reserved or authorised:
            if any(isinstance(e, (Declined, OutOfStock)) for e in (reserved, authorised)):
                if not reserved:
                    await self.step(s.release, order_id)
                return "refused"
            return "failed"
        await self.step(s.capture, order_id, order_id)
        invoice, mail, counted = await asyncio.gather(
            self.step(s.invoice, order_id),
            self.step(s.mail, order_id, order.email),
            self.step(s.count, order_id),
            return_exceptions=True,
        )
        return "failed" if invoice or mail else "closed"


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()
    store = Store(services.database)
    pipeline = Pipeline(services, store)

    @app.post("/orders", status_code=202)
    async def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = str(uuid.uuid4())
        await asyncio.to_thread(store.save, order_id, "accepted")
        tasks.add_task(pipeline, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    async def show(order_id: str) -> dict[str, str]:
        if (status := await asyncio.to_thread(store.status, order_id)) is None:
            raise HTTPException(404, "no such order")
        return {"status": pipeline.ends.get(order_id, status)}

    return app
