"""What the tests of this lesson are given: a shop with a mailer that can fail, and be held."""

import contextlib
import time
from collections.abc import Callable, Iterator

import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient

from course.lessons.testing_and_debugging.orders import Mailer, build_orders
from course.live import Gate, Server, mark, serve

_ANSWER_SECONDS = 1.0
_HELD_SECONDS = 1.5

Build = Callable[[Mailer, list[int]], FastAPI]


class FakeMailer:
    """A mailer that remembers instead of sending.

    ``sent`` holds (address, number) of each mail that went out, ``tries`` counts the calls. ``fail(2)``: the
    next two calls raise ConnectionError. ``hold()``: calls wait until ``release()``.
    """

    def __init__(self, delay: float = 0.0) -> None:
        self.sent: list[tuple[str, int]] = []
        self.tries = 0
        self._delay = delay
        self._failures = 0
        self._gate = Gate("the mailer is held")
        self._gate.open()

    def fail(self, times: int) -> None:
        """Let the next calls fail, as when the provider is down."""
        self._failures = times

    def hold(self) -> None:
        """Let every call wait from now on."""
        self._gate = Gate("the mailer is held")

    def release(self) -> None:
        """Let them go on."""
        self._gate.open()

    def send(self, to: str, number: int) -> None:
        """Remember this mail.

        Raises:
            ConnectionError: it was told to fail.
            GateTimeout: it was held and not released.
        """
        self.tries += 1
        self._gate.wait(timeout=_HELD_SECONDS)
        time.sleep(self._delay)
        if self._failures:
            self._failures -= 1
            raise ConnectionError("the provider is down")
        self.sent.append((to, number))
        mark("mail sent")


class OrderShop:
    """The orders app with all that a test needs.

    ``mailer``: a ``FakeMailer``. ``ledger``: the numbers of the orders that are done. ``client``: Starlette's
    TestClient. ``serve()``: the app on a real server, for a ``with`` block; its client waits one second.
    """

    def __init__(self, build: Build = build_orders, delay: float = 0.0) -> None:
        self.mailer = FakeMailer(delay)
        self.ledger: list[int] = []
        self.app = build(self.mailer, self.ledger)
        self.client = TestClient(self.app)

    @contextlib.contextmanager
    def serve(self) -> Iterator[Server]:
        """A real server; what the mailer holds is released at the end."""
        with serve(self.app) as server:
            server.client.timeout = httpx.Timeout(_ANSWER_SECONDS + self.mailer._delay)
            try:
                yield server
            finally:
                self.mailer.release()
