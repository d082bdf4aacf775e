"""Event loops of the bench's own, and their sockets."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

from course.live.loops import close, listen, new_loop


class Noted(asyncio.Protocol):
    def __init__(self, made: list[str]) -> None:
        self.made = made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.made.append("made")
        transport.close()


def connections_when_closed_by(end: Callable[[asyncio.Server], Awaitable[None]]) -> list[str]:
    """Close a server at the very moment when its loop has accepted a connection, and made nothing of it."""

    async def run() -> list[str]:
        made: list[str] = []
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Noted(made), "127.0.0.1", 0)
        with socket.create_connection(server.sockets[0].getsockname()):
            for _ in ("readable", "accepted"):
                await asyncio.sleep(0)
            await end(server)
        await asyncio.sleep(0)
        return made

    loop = new_loop()
    try:
        return loop.run_until_complete(run())
    finally:
        loop.close()


def test_a_connection_that_is_just_accepted_is_made_before_the_server_closes() -> None:
    assert connections_when_closed_by(close) == ["made"]


def test_tasks_are_the_interpreter_s_own() -> None:
    async def current() -> tuple[bool, str]:
        task = asyncio.current_task()
        return task is not None, type(task).__module__

    loop = new_loop()
    try:
        task = loop.create_task(current(), name="mine")
        assert task.get_name() == "mine"
        assert loop.run_until_complete(task) == (True, "_asyncio")
    finally:
        loop.close()


def test_accepted_connections_send_without_delay() -> None:
    asyncio.run(_accept())


async def _accept() -> None:
    accepted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

    async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accepted.put(writer)

    listener = listen()
    async with await asyncio.start_server(note, sock=listener):
        _, mine = await asyncio.open_connection(*listener.getsockname())
        theirs = await accepted.get()
        assert theirs.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        for writer in (mine, theirs):
            writer.close()
            await writer.wait_closed()
