"""A round trip over this machine's loopback, with the parts that the lessons use."""

from __future__ import annotations

import asyncio
import socket
import threading


def round_trip(seconds: float = 10) -> int:
    """Serve a FastAPI application on a free port, ask it, stop it.

    Args:
        seconds: How long the server may take to answer.

    Returns:
        The port that answered.

    Raises:
        RuntimeError: The answer was wrong.
        OSError: No port could be had.
    """
    import httpx
    import uvicorn
    from fastapi import FastAPI

    app = FastAPI()
    app.add_api_route("/sum", lambda: {"sum": 42}, methods=["GET"])
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port: int = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, log_level="critical"))
        thread = threading.Thread(target=_serve, args=(server, listener), daemon=True)
        thread.start()
        try:
            # The socket listens already, so a request that comes before the server waits instead of failing.
            with httpx.Client(trust_env=False, timeout=seconds) as client:
                reply = client.get(f"http://127.0.0.1:{port}/sum")
        finally:
            server.should_exit = True
            thread.join(seconds)
    if reply.status_code != 200 or reply.json() != {"sum": 42}:
        raise RuntimeError(f"port {port} answered {reply.status_code}")
    return port


def _serve(server: object, listener: socket.socket) -> None:
    """Run the server on a loop of its own: ``server.run`` fails where nest_asyncio was applied."""
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(server.serve(sockets=[listener]))  # type: ignore[attr-defined]
    finally:
        loop.close()
