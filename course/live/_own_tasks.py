"""Event loops that no patch of asyncio reaches."""

from __future__ import annotations

import asyncio
from _asyncio import Task
from typing import Any


def new_loop() -> asyncio.AbstractEventLoop:
    """An event loop whose tasks are those of the interpreter.

    nest_asyncio puts others in place of `asyncio.Task`, of which Python 3.14 does not know that they run: in
    them `asyncio.current_task()` is None, so that no `asyncio.timeout` and no anyio task group works.
    """
    loop = asyncio.new_event_loop()
    loop.set_task_factory(_task)
    return loop


def _task(loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> asyncio.Task[Any]:
    return Task(coro, loop=loop, **options)
