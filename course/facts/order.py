"""When things happen: the response, the tasks behind it, and other requests."""

from __future__ import annotations

from fastapi import BackgroundTasks, FastAPI

from course.facts import Seen, fact
from course.live import Gate, serve


@fact("F1", "The client has its response before the task has ended.")
def reply_first() -> Seen:
    """The task ends only when the client, with its reply in hand, opens a gate."""
    app, gate, ended = FastAPI(), Gate("the client has its reply"), []

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(held)

    async def held() -> None:
        await gate.wait_async(10)
        ended.append("task")

    with serve(app) as server:
        status = server.client.get("/").status_code
        ended.append("reply")
        gate.open()
        server.settle()
    return Seen(status == 200 and ended == ["reply", "task"], f"{status}; order: {', '.join(ended)}")
