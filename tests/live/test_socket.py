import asyncio
import socket

from course.live._socket import listen


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
