"""Event loops that no patch of asyncio reaches, sockets for them, and how their servers close."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from _asyncio import Task
from typing import Any


def new_loop() -> asyncio.AbstractEventLoop:
    """An event loop whose tasks are those of the interpreter.

    nest_asyncio replaces `asyncio.Task` by another class, whose running tasks Python 3.14 does not know: in
    them `asyncio.current_task()` is None, so `asyncio.timeout` and anyio's task groups fail.
    """
    return native(asyncio.new_event_loop())


def native(loop: asyncio.AbstractEventLoop) -> asyncio.AbstractEventLoop:
    """The loop, which makes the interpreter's own tasks from now on."""
    loop.set_task_factory(_task)
    return loop


def _task(loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> asyncio.Task[Any]:
    return Task(coro, loop=loop, **options)


def listen(backlog: int = 128) -> socket.socket:
    """A socket that listens on a free port of 127.0.0.1.

    The protocol is named because asyncio sets TCP_NODELAY only on sockets that name it. Without it, a
    response of two segments waits 40 ms for the client's acknowledgement, and a task seems to delay it.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(backlog)
    return listener


async def close(server: asyncio.Server) -> None:
    """Close a server once the connections that it is accepting are established.

    When the server is closed first, asyncio leaves such a connection half made; from Python 3.13 on, that
    raises an error when the connection is collected as garbage.
    """
    loop = asyncio.get_running_loop()
    for listening in server.sockets:
        with contextlib.suppress(NotImplementedError):  # Windows: its loop has no readers
            loop.remove_reader(listening)
    for _ in ("accepted", "connected"):
        await asyncio.sleep(0)
    server.close()
