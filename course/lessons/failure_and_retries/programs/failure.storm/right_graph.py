import uuid

from course.tasks import retry_transient


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    async def fulfil(order_id):
        key = uuid.uuid4().hex
        manager = TaskManager()
        again = retry_transient(attempts=5, wait=wait_none())
        manager.add_task("charge", lambda: bank.charge(key, order_id), retry=again)
        manager.add_task("send", lambda: post.send(order_id), ["charge"], retry=again)
        report = await manager.run()
        if not report.ok:
            dead(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app
