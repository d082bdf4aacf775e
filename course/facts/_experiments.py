"""What experiments have in common."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping, MutableSequence

import httpx
import uvicorn
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from course.facts._fact import Seen
from course.live.loops import listen


def saw(observed: Mapping[str, bool]) -> Seen:
    """Several observations that must all be true. The evidence names them, or only those that are not."""
    missing = [what for what, true in observed.items() if not true]
    if missing:
        return Seen(False, f"not so: {'; '.join(missing)}")
    return Seen(True, "; ".join(observed))


def in_order(log: list[str], *expected: str) -> Seen:
    """Exactly these things happened, in this order."""
    return Seen(log == list(expected), ", ".join(log) or "nothing")


def quiet_client(app: ASGIApp) -> TestClient:
    """A client inside the process, which sees what a real client sees: no exceptions of the app."""
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


def time_for(happened: Callable[[], bool], seconds: float = 0.15) -> Iterator[None]:
    """Yields until it has happened or the time is over: for things that must not happen, which cannot be
    waited for.

    The body of the loop has to wait a little in each turn.
    """
    end = time.monotonic() + seconds
    while not happened() and time.monotonic() < end:
        yield


class NotedResponse:
    """An app whose responses are noted in `log` as "response", when their last part has been sent."""

    def __init__(self, app: ASGIApp, log: MutableSequence[str]) -> None:
        self._app, self._log = app, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as the app does."""

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._log.append("response")
            await send(message)

        await self._app(scope, receive, noted)


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for what another process does.

    Raises TimeoutError when it has not come after so many seconds.
    """
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.01)


@contextlib.contextmanager
def serve_plain(config: uvicorn.Config) -> Iterator[httpx.Client]:
    """uvicorn as it is, without the bench's recorder and hooks; a client with one connection.

    It ends with the experiment's process.
    """
    server, listener = uvicorn.Server(config), listen()
    thread = threading.Thread(target=server.run, args=([listener],), name="uvicorn", daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False) as client:
        yield client
    server.should_exit = True
