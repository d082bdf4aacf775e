"""Event loops that no patch of asyncio reaches, and how their servers close."""

from __future__ import annotations

import asyncio
import contextlib
from _asyncio import Task
from typing import Any


def new_loop() -> asyncio.AbstractEventLoop:
    """An event loop whose tasks are those of the interpreter.

    nest_asyncio puts others in place of `asyncio.Task`, of which Python 3.14 does not know that they run: in
    them `asyncio.current_task()` is None, so that no `asyncio.timeout` and no anyio task group works.
    """
    return native(asyncio.new_event_loop())


def native(loop: asyncio.AbstractEventLoop) -> asyncio.AbstractEventLoop:
    """The loop, which makes the interpreter's own tasks from now on."""
    loop.set_task_factory(_task)
    return loop


def _task(loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> asyncio.Task[Any]:
    return Task(coro, loop=loop, **options)


async def close(server: asyncio.Server) -> None:
    """Close a server, but not before the connections that it is accepting just now are there.

    On a server that has been closed meanwhile, asyncio leaves such a connection half made; from Python 3.13
    on that raises an error when the connection is collected as garbage.
    """
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        with contextlib.suppress(NotImplementedError):  # Windows: its loop has no readers
            loop.remove_reader(listening)
    for _ in ("accepted", "connected"):
        await asyncio.sleep(0)
    server.close()
