"""A shop whose steps run side by side where they can, on a good day only: it is there for its picture."""

import asyncio
import uuid

from fastapi import BackgroundTasks, FastAPI
from starlette.background import BackgroundTask

from course.lessons.capstone.mutants import Order
from course.lessons.capstone.services import Services
from course.lessons.capstone.store import Store


def build_side_by_side(services: Services) -> FastAPI:
    """The app. Its steps are Starlette's tasks, each of which has a bar of its own in the picture."""
    app = FastAPI()
    store = Store(services.database)

    async def together(*steps: BackgroundTask) -> None:
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(step())

    async def process(id: str, order: Order) -> None:
        await together(
            BackgroundTask(services.reserve, id, order.item),
            BackgroundTask(services.authorise, id, order.cents),
        )
        await together(BackgroundTask(services.capture, id, key=id))
        await together(
            BackgroundTask(services.invoice, id),
            BackgroundTask(services.mail, id, order.email),
            BackgroundTask(services.count, id),
        )
        await asyncio.to_thread(store.save, id, "closed")

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        id = uuid.uuid4().hex
        store.save(id, "accepted")
        tasks.add_task(process, id, order)
        return {"id": id}

    return app
