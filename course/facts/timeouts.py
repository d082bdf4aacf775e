"""Time-outs around threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import anyio
import anyio.to_thread

from course.facts import Seen, fact

_FIRED = "fired, thread working: True, tokens in use: 0"
_PATIENCE = 2.0  # seconds that a thread works on when no time-out stops the wait for it


@fact(
    "F58",
    "anyio's time-out does not fire around a thread, unless abandon_on_cancel=True; asyncio.timeout does. "
    "The thread works on, and its token is free.",
)
def around_a_thread() -> Seen:
    """Each kind of time-out, due as soon as the thread works; the thread ends when it has been due."""

    async def all_three() -> tuple[str, str, str]:
        return await _of_anyio(abandon=False), await _of_asyncio(), await _of_anyio(abandon=True)

    shielded, cut, abandoned = asyncio.run(all_three())
    return Seen(
        (shielded, cut, abandoned) == ("not fired", _FIRED, _FIRED),
        f"anyio: {shielded}; asyncio: {cut}; abandon_on_cancel: {abandoned}",
    )


async def _of_anyio(*, abandon: bool) -> str:
    work, loop = _Work(), asyncio.get_running_loop()
    try:
        with anyio.fail_after(None) as scope:

            def due() -> None:
                scope.deadline = anyio.current_time()
                if not abandon:
                    loop.call_later(0.01, work.end.set)

            if abandon:
                await anyio.to_thread.run_sync(work, due, loop, abandon_on_cancel=True)
            else:
                await anyio.to_thread.run_sync(work, due, loop)
    except TimeoutError:
        return work.state()
    return "not fired"


async def _of_asyncio() -> str:
    work, loop = _Work(), asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as timeout:
            await anyio.to_thread.run_sync(work, lambda: timeout.reschedule(loop.time()), loop)
    except TimeoutError:
        return work.state()
    return "not fired"


class _Work:
    """What a thread does until it is told to end."""

    def __init__(self) -> None:
        self.end = threading.Event()
        self.ended = False

    def __call__(self, due: Callable[[], None], loop: asyncio.AbstractEventLoop) -> None:
        loop.call_soon_threadsafe(due)
        self.end.wait(_PATIENCE)
        self.ended = True

    def state(self) -> str:
        """What is to be seen when the time-out has just fired; the thread may end then."""
        working = not self.ended
        self.end.set()
        tokens = int(anyio.to_thread.current_default_thread_limiter().borrowed_tokens)
        return f"fired, thread working: {working}, tokens in use: {tokens}"
