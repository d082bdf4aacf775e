"""A listening socket on a free port of 127.0.0.1."""

import socket


def listen(backlog: int = 128) -> socket.socket:
    """Bind port 0, so that the system chooses a free one, and listen.

    The protocol is named because asyncio sets TCP_NODELAY only on sockets that name it. Without, a response
    of two segments waits 40 ms for the client's acknowledgement, and a task would seem to hold it up.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(backlog)
    return listener
