"""What else runs beside requests in the same process: asyncio tasks, task groups, queues."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import BackgroundTasks, FastAPI, HTTPException

from course.facts import Seen, fact
from course.live import Gate, serve


@fact(
    "F70",
    "The event loop holds its tasks weakly: one that nobody else refers to may be collected while it waits, "
    "a sleeping one not: the loop's timer holds it. The exception of a task is told when it is thrown away.",
)
def forgotten_tasks() -> Seen:
    """Two forgotten tasks and a garbage collection, then a failed one before and after it is dropped."""
    told: list[str] = []
    slept: list[str] = []

    async def wait_for_nobody() -> None:
        await asyncio.get_running_loop().create_future()

    async def sleep() -> None:
        await asyncio.sleep(0.05)
        slept.append("slept")

    async def fail() -> None:
        raise ValueError("lost")

    async def forget() -> tuple[list[str], list[str], list[str]]:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
        asyncio.create_task(wait_for_nobody())  # noqa: RUF006  (the experiment)
        asyncio.create_task(sleep())  # noqa: RUF006
        await asyncio.sleep(0)
        gc.collect()
        await asyncio.sleep(0.1)
        collected = list(told)
        told.clear()
        failed = {asyncio.create_task(fail())}
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        held = list(told)
        failed.clear()
        gc.collect()
        return collected, held, list(told)

    collected, held, dropped = asyncio.run(forget())
    return Seen(
        (collected, held, dropped)
        == (["Task was destroyed but it is pending!"], [], ["Task exception was never retrieved"])
        and slept == ["slept"],
        f"waiting: {collected}; sleeping: {slept}; failed: {held}, when dropped: {dropped}",
    )


@fact(
    "F71",
    "One unguarded failure in a TaskGroup of the lifespan cancels the group and the lifespan around it; the "
    "server goes on, and no job can be started any more.",
)
def group_in_the_lifespan() -> Seen:
    """A job that fails, another that runs, then a plain request and one that starts a job."""
    happened: list[str] = []
    group: list[asyncio.TaskGroup] = []
    over = Gate("the lifespan is over")

    async def fail() -> None:
        raise ValueError("job")

    async def run() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            happened.append("other job cancelled")
            raise

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as made:
            group.append(made)
            try:
                yield
            finally:
                happened.append("lifespan ended")
                over.open()

    app = FastAPI(lifespan=lifespan)

    @app.get("/run")
    async def start() -> None:
        group[0].create_task(run())
        await asyncio.sleep(0)

    @app.get("/fail")
    async def start_failing() -> None:
        group[0].create_task(fail())

    @app.get("/ping")
    async def ping() -> None:
        """Do nothing."""

    with serve(app) as server:
        server.client.get("/run")
        server.client.get("/fail")
        over.wait(10)
        statuses = server.client.get("/ping").status_code, server.client.get("/run").status_code
    return Seen(
        sorted(happened) == ["lifespan ended", "other job cancelled"] and statuses == (200, 500),
        f"{', '.join(happened)}; then /ping {statuses[0]}, a new job {statuses[1]}",
    )


@fact(
    "F72",
    "A bounded queue with one worker in the lifespan gives an order over all requests, a 503 when it is "
    "full, and an end that waits for what was accepted.",
)
def queue_in_the_lifespan() -> Seen:
    """Four jobs for a worker that is held and a queue of two; the second one fails."""
    done: list[str] = []
    gate, taken = Gate("all are posted"), Gate("the worker has the first job")

    def do(number: int) -> None:
        if number == 1:
            raise ValueError(number)
        done.append(f"{number} done")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        queue: asyncio.Queue[int] = asyncio.Queue(maxsize=2)
        app.state.queue = queue

        async def work() -> None:
            while True:
                number = await queue.get()
                taken.open()
                await gate.wait_async(10)
                try:
                    do(number)
                except ValueError:
                    done.append(f"{number} failed")
                finally:
                    queue.task_done()

        worker = asyncio.create_task(work())
        yield
        await queue.join()
        worker.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.get("/{number}", status_code=202)
    async def job(number: int) -> None:
        try:
            app.state.queue.put_nowait(number)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    with serve(app) as server:
        statuses = [server.client.get("/0").status_code]
        taken.wait(10)
        statuses += [server.client.get(f"/{number}").status_code for number in (1, 2, 3)]
        gate.open()
    return Seen(
        statuses == [202, 202, 202, 503] and done == ["0 done", "1 failed", "2 done"],
        f"answers {statuses}; when the server had stopped: {done}",
    )


@fact(
    "F73",
    "Background tasks take on whatever comes: no limit and no order between requests. Where that matters, "
    "something else is the right choice.",
)
def no_limit_between_requests() -> Seen:
    """Sixty tasks of sixty requests, all at work before the first may end."""
    app, gate, all_there = FastAPI(), Gate("all tasks run"), Gate("sixty tasks have begun")
    begun: list[int] = []

    async def work(number: int) -> None:
        begun.append(number)
        if len(begun) == 60:
            all_there.open()
        await gate.wait_async(20)

    @app.get("/{number}", status_code=202)
    async def endpoint(number: int, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, number)

    with serve(app) as server:
        statuses: set[Any] = {server.client.get(f"/{number}").status_code for number in range(60)}
        all_there.wait(10)
        gate.open()
        server.settle()
    return Seen(statuses == {202}, f"answers {sorted(statuses)}; tasks at work at once: {len(begun)}")
