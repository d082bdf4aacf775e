"""What the tests of this lesson are given: a shop with a mailer that can fail, and be held."""

import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextvars import ContextVar
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient

from course.lessons.testing_and_debugging.orders import Mailer, build_orders
from course.live import Gate, Server, mark, serve

_GIVE_UP_SECONDS = 1.0
"""So long a client waits once it is sure that its answer waits for the mailer, which is held."""

_HELD_SECONDS = 5.0
"""So long a call is held that nobody releases: with TestClient the test that could waits for its end."""

_PATIENT_SECONDS = 30.0
_SLICE = 0.02  # seconds that is waited at once

Build = Callable[[Mailer, list[int]], FastAPI]
Message = MutableMapping[str, Any]


class FakeMailer:
    """A mailer that remembers instead of sending.

    ``sent`` holds (address, number) of each mail that went out, ``tries`` counts the calls. ``fail(2)``: the
    next two calls raise ConnectionError. ``hold()``: calls wait until ``release()``.
    """

    def __init__(self) -> None:
        self.sent: list[tuple[str, int]] = []
        self.tries = 0
        self._failures = 0
        self._gate = Gate("the mailer is held")
        self._gate.open()
        self._waiting = 0
        self._keeps_waiting = threading.Event()  # a client whose answer waits for the held mailer

    def fail(self, times: int) -> None:
        """Let the next calls fail, as when the provider is down."""
        self._failures = times

    def hold(self) -> None:
        """Let every call wait from now on."""
        self._gate = Gate("the mailer is held")

    def release(self) -> None:
        """Let them go on."""
        self._keeps_waiting.clear()
        self._gate.open()

    def send(self, to: str, number: int) -> None:
        """Remember this mail.

        Raises:
            ConnectionError: it was told to fail.
            GateTimeout: it was held and not released.
        """
        self.tries += 1
        self._waiting += 1
        try:
            self._wait()
        finally:
            self._waiting -= 1
        if self._failures:
            self._failures -= 1
            raise ConnectionError("the provider is down")
        self.sent.append((to, number))
        mark("mail sent")

    def _wait(self) -> None:
        asked = _asked.get()
        if asked is not None and not asked.answered and not self._gate.is_open:
            self._keeps_waiting.set()
        self._gate.wait(timeout=_HELD_SECONDS)


class OrderShop:
    """The orders app with all that a test needs.

    ``mailer``: a ``FakeMailer``. ``ledger``: the numbers of the orders that are done. ``client``: Starlette's
    TestClient. ``serve()``: the app on a real server, for a ``with`` block; its client gives up when its
    answer has waited for the held mailer for a second.
    """

    def __init__(self, build: Build = build_orders, mailer: FakeMailer | None = None) -> None:
        self.mailer = mailer or FakeMailer()
        self.ledger: list[int] = []
        self.app = build(self.mailer, self.ledger)
        self.client = TestClient(self.app)

    @contextlib.contextmanager
    def serve(self) -> Iterator[Server]:
        """A real server; what the mailer holds is released at the end."""
        with serve(_Asked.around(self.app)) as server:
            server.client.timeout = httpx.Timeout(_PATIENT_SECONDS)
            server.client._transport = _Impatient(server.client._transport, self.mailer)
            try:
                yield server
            finally:
                self.mailer.release()


class _Asked:
    """A request, and whether its answer has left: what a mailer has to know to say who keeps whom waiting."""

    answered = False

    @classmethod
    def around(cls, app: FastAPI) -> Callable[..., Awaitable[None]]:
        """The app, with an `_Asked` for each request in `_asked`; its tasks have it too."""

        async def served(
            scope: Message,
            receive: Callable[[], Awaitable[Message]],
            send: Callable[[Message], Awaitable[None]],
        ) -> None:
            asked = cls()
            _asked.set(asked)

            async def sending(message: Message) -> None:
                await send(message)
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    asked.answered = True

            await app(scope, receive, sending)

        return served


_asked: ContextVar[_Asked | None] = ContextVar("asked", default=None)


class _Impatient(httpx.BaseTransport):
    """Gives up when the answer waits for the held mailer, and never because the machine is busy."""

    def __init__(self, transport: httpx.BaseTransport, mailer: FakeMailer) -> None:
        self._transport = transport
        self._mailer = mailer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx has it.

        Raises:
            httpx.ReadTimeout: there is no answer, and none to come before the mailer is released.
        """
        sending = _Sending(self._transport, request)
        waiting_for_mailer = self._mailer._keeps_waiting
        while not sending.over.wait(_SLICE):
            if waiting_for_mailer.is_set() and not sending.over.wait(_GIVE_UP_SECONDS):
                sending.given_up = True
                raise httpx.ReadTimeout("timed out", request=request)
        return sending.result()

    def close(self) -> None:
        """Close what it goes through."""
        self._transport.close()


class _Sending:
    """A request on its way, on a thread of its own, so that one can stop waiting for it."""

    def __init__(self, transport: httpx.BaseTransport, request: httpx.Request) -> None:
        self.over = threading.Event()
        self.given_up = False
        self._response: httpx.Response | None = None
        self._error: Exception | None = None
        threading.Thread(target=self._send, args=(transport, request), daemon=True).start()

    def result(self) -> httpx.Response:
        """The response, or the error."""
        if self._response is None:
            raise self._error or RuntimeError("no response")
        return self._response

    def _send(self, transport: httpx.BaseTransport, request: httpx.Request) -> None:
        try:
            self._response = transport.handle_request(request)
            if self.given_up:
                self._response.close()
        except Exception as error:
            self._error = error
        finally:
            self.over.set()
