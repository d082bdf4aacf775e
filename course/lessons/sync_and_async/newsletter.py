"""A newsletter service that freezes now and then: the subject of an exercise."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import BackgroundTasks, FastAPI
from starlette.concurrency import run_in_threadpool
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_fixed

LISTS = ["daily", "weekly"]


class MailboxBusy(Exception):
    """The other side asks to be called again later."""


def build_newsletter(
    render: Callable[[str], str],
    send: Callable[[str, str], None],
    send_async: Callable[[str, str], Awaitable[None]],
) -> FastAPI:
    """POST /send/{name}?to=...; `render` and `send` block, `send_async` does not."""
    app = FastAPI()

    @retry(
        retry=retry_if_exception_type(MailboxBusy),
        wait=wait_fixed(0.1),
        stop=stop_after_attempt(3),
        retry_error_callback=lambda state: state.args[0],  # still busy: send all the same
    )
    def check_address(to: str) -> str:
        if to.endswith("@busy.example"):
            raise MailboxBusy(to)
        return to

    async def deliver(name: str, to: str) -> None:
        text = await run_in_threadpool(render, name)
        await asyncio.gather(*(send_async(address, text) for address in to.split(",")))

    async def deliver_checked(name: str, to: str) -> None:
        text = await run_in_threadpool(render, name)
        await send_async(check_address(to), text)

    def deliver_urgent(name: str, to: str) -> None:
        send(check_address(to), render(name))

    @app.post("/send/{name}", status_code=202)
    async def send_newsletter(
        name: str, to: str, tasks: BackgroundTasks, urgent: bool = False
    ) -> dict[str, str]:
        if urgent:
            tasks.add_task(deliver_urgent, name, to)
        elif name in LISTS:
            tasks.add_task(deliver, name, to)
        else:
            tasks.add_task(deliver_checked, name, to)
        return {"accepted": to}

    return app
