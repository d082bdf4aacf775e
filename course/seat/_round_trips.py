"""Round trips with the parts that the lessons use: to a kernel, and over this machine's loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
from ast import literal_eval

from course import kernel

_QUESTIONS = {
    "sum": "6 * 7",
    "prefix": "__import__('sys').prefix",
    "optimize": "__import__('sys').flags.optimize",
    "autoawait": "get_ipython().autoawait",
    "interactivity": "get_ipython().ast_node_interactivity",
    "run": "__import__('asyncio').run.__module__",
    "startup": (
        "sorted(map(str, __import__('pathlib').Path(get_ipython().profile_dir.startup_dir).glob('*.*py')))"
    ),
}
"""What a kernel is asked. Its answers are literals."""


def print_the_kernel() -> None:
    """Start a kernel as a notebook does, and print what it answers to ``_QUESTIONS`` as JSON.

    Runs in a process of its own: the answer must not depend on the event loop of the kernel that asks.
    """
    manager, client = kernel.started()
    try:
        reply = client.execute_interactive(
            "",
            user_expressions=_QUESTIONS,
            timeout=30,
            silent=True,
        )
        said = reply["content"]["user_expressions"]
        answers = {
            question: literal_eval(answer["data"]["text/plain"])
            for question, answer in said.items()
            if answer["status"] == "ok"
        }
        if answers.get("sum") != 42:
            sys.exit("the kernel cannot work out 6 * 7")
        print(json.dumps(answers))
    finally:
        kernel.end(manager, client)


def round_trip(seconds: float = 10) -> int:
    """Serve a FastAPI application on a free port, ask it, stop it.

    Args:
        seconds: How long the server may take to answer.

    Returns:
        The port that answered.

    Raises:
        RuntimeError: The answer was wrong.
        OSError: There was no free port.
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
        # No options for logging: they would hold for every later server of this process, and hide its errors.
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
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
