"""`serve(app)`: a real uvicorn server inside the notebook, ready when it returns."""

from __future__ import annotations

import atexit
import contextlib
import functools
import inspect
import math
import sys
import threading
import traceback
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx
from fastapi import BackgroundTasks, FastAPI

from course.live._client import make_client
from course.live._engine import Engine
from course.live._recorder import Recorder
from course.live.at_work import busy, tasks_beside
from course.live.errors import AnswerTimeout, LiveError, ServerFailed
from course.live.quiet import client as sends
from course.live.signature import signature_of
from course.live.threads import wait
from course.tasks import describe
from course.timeline.timeline import Timeline
from course.words import say

_START = 10.0  # seconds that an app may take to start
_GRACE = 2.0  # seconds that running requests and tasks have to end when the server stops

_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def serve(app: Any, *, pulse: float | None = None, threads: int | None = None) -> Server:
    """Start a server for `app` on a free port of 127.0.0.1 and return when it answers.

    Use it in a ``with`` block, or keep the name: when the name is bound to another server, as in a cell that
    is run again, the old one stops by itself. When the last one has stopped, what belongs to the whole
    process is as it was before the first: loggers, warnings filters, hooks for exceptions, environment and
    the like.

    Args:
        app: an ASGI app, such as FastAPI().
        pulse: seconds between two ticks of the event loop, noted on the timeline to show when it was blocked.
        threads: how many worker threads the app may use at once (40 when not given).

    Raises:
        ServerFailed: the app did not start, for the reason in the message.
        TypeError: `app` is not an ASGI app.
        ValueError: `pulse` or `threads` is out of range.
    """
    _check(app, pulse, threads)
    _warm_up()
    return Server(app, pulse=pulse, threads=threads)


@functools.cache
def _warm_up() -> None:
    """Serve once before the first picture of a notebook: what libraries do at their first request only.

    They load modules, look for their backends and compile validators, for up to 0.3 s, and a picture would
    show hardly anything else. Where nobody looks at pictures the time is saved.
    """
    if "IPython" not in sys.modules or sys.modules["IPython"].get_ipython() is None:
        return
    app = FastAPI()

    @app.post("/")
    def first(body: dict[str, str], tasks: BackgroundTasks) -> None:
        tasks.add_task(body.clear)

    with contextlib.suppress(LiveError), Server(app, pulse=None, threads=None) as server:
        for _ in range(2):
            server.client.post("/", json={"a": "b"})
            server.settle()


def _check(app: Any, pulse: float | None, threads: int | None) -> None:
    if not callable(app):
        raise TypeError(say("serve() needs an ASGI app, such as FastAPI(), and got {got}.", got=repr(app)))
    signature = signature_of(app) if inspect.isfunction(app) else None
    if signature is not None and not signature.parameters:
        raise TypeError(
            say(
                "serve() needs an ASGI app and got the function {name}(), which may build one: "
                "try serve({name}()).",
                name=app.__name__,
            )
        )
    if pulse is not None and not pulse > 0:
        raise ValueError(
            say("pulse is the time between two ticks in seconds, above 0, and not {got}.", got=pulse)
        )
    if threads is not None and threads < 1:
        raise ValueError(
            say("threads is a number of worker threads, at least 1, and not {got}.", got=threads)
        )


class Pending:
    """A request on its way, sent by `Server.submit`."""

    def __init__(self, name: str, over: Callable[[], None]) -> None:
        self.name = name
        self._when_over = over
        self._over = threading.Event()
        self._response: httpx.Response | None = None
        self._error: BaseException | None = None

    @property
    def done(self) -> bool:
        """Whether there is an answer, or an error."""
        return self._over.is_set()

    def result(self, timeout: float = 10) -> httpx.Response:
        """The response; waits for it up to `timeout` seconds.

        Raises:
            AnswerTimeout: there is none yet.
            httpx.HTTPError: what went wrong with the request.
        """
        if not wait(self._over.wait, timeout):
            raise AnswerTimeout(self.name, timeout)
        if self._error is not None:
            raise self._error
        assert self._response is not None
        return self._response

    def __repr__(self) -> str:
        return f"Pending({self.name!r})"

    @sends
    def _run(self, client: httpx.Client, method: str, path: str, options: dict[str, Any]) -> None:
        try:
            with client:
                self._response = client.request(method, path, **options)
        except BaseException as error:
            self._error = error
        finally:
            self._over.set()
            self._when_over()


class Server:
    """A running app, its clients and its timeline. Made by `serve`."""

    def __init__(self, app: Any, *, pulse: float | None, threads: int | None) -> None:
        self.app = app
        self._recorder = Recorder()
        self._recorder.pulse = pulse
        self._engine = Engine(app, self._recorder, pulse, threads)
        self.url = f"http://127.0.0.1:{self._engine.port}"
        self._clients: list[httpx.Client] = []
        self._lanes = 1
        self._client: httpx.Client | None = None
        self._finalizer = weakref.finalize(self, _stop, self._engine, self._clients, _GRACE)
        _engines.add(self._engine)
        try:
            self._engine.start()
            self._wait_until_ready()
        except BaseException:
            self._end(grace=0.0)
            raise

    def _wait_until_ready(self) -> None:
        engine = self._engine
        if not wait(engine.started.wait, _START):
            raise ServerFailed(
                say(
                    "The app was not ready after {seconds:g} s: does its lifespan wait for something?",
                    seconds=_START,
                )
            )
        if engine.ended.is_set() and not engine.stopping:
            raise self._failure() from self._recorder.startup_error

    def _failure(self) -> ServerFailed:
        recorder = self._recorder
        if recorder.startup_error is not None:
            return ServerFailed(
                say(
                    "The app did not start: its lifespan raised {error}.",
                    error=describe(recorder.startup_error),
                )
            )
        if recorder.startup_message:
            last = recorder.startup_message.strip().splitlines()[-1]
            return ServerFailed(say("The app did not start: its lifespan said {reason}.", reason=last))
        error = self._engine.error or SystemExit()
        return ServerFailed(say("The server ended before it was ready: {error}.", error=describe(error)))

    # clients

    @property
    def client(self) -> httpx.Client:
        """The notebook's client: an httpx.Client with this server as its base URL."""
        if self._client is None:
            self._client = self._make_client("client")
        return self._client

    def new_client(self, name: str | None = None) -> httpx.Client:
        """Another client: connections and a lane of its own, called `name` on the timeline."""
        return self._make_client(self._next_lane() if name is None else name)

    def submit(self, method: str, path: str, **options: Any) -> Pending:
        """Send a request from another thread, on a connection of its own, and return at once.

        `options` are those of httpx.Client.request, such as ``json={...}``.
        """
        self._check_running()
        recorder = self._recorder
        lane = self._next_lane()
        shown = httpx.URL(path).path
        number = recorder.new_request(lane, method.upper(), shown, threading.get_ident())
        recorder.begin("submitted", number)
        pending = Pending(f"{method.upper()} {shown}", lambda: recorder.end("submitted", number))
        client = make_client(recorder, self.url, lane, number)
        arguments = (client, method, path, options)
        threading.Thread(target=pending._run, args=arguments, name=lane, daemon=True).start()
        return pending

    def _make_client(self, lane: str) -> httpx.Client:
        self._check_running()
        client = make_client(self._recorder, self.url, lane)
        self._clients.append(client)
        return client

    def _next_lane(self) -> str:
        self._lanes += 1
        lane = f"client {self._lanes}"
        self._recorder.unnamed.add(lane)
        return lane

    # what happened

    @property
    def timeline(self) -> Timeline:
        """What ran when, up to now. It does not change afterwards."""
        return Timeline(self._recorder)

    @property
    def errors(self) -> list[BaseException]:
        """The exceptions that left a task or the app, in order. `tracebacks` has theirs."""
        return list(self._recorder.errors)

    @property
    def tracebacks(self) -> list[traceback.TracebackException]:
        """One for each of `errors`; the exceptions themselves no longer hold any frames."""
        return list(self._recorder.tracebacks)

    @property
    def log(self) -> list[str]:
        """What the server logs: one line per response, and what went wrong. Without times and ports."""
        return list(self._recorder.log)

    def mark(self, label: str) -> None:
        """Put a note on the timeline from the notebook."""
        self._recorder.note_from_notebook(label)

    def clear(self) -> None:
        """Begin a new timeline, with no errors and an empty log."""
        self._recorder.clear()

    def settle(self, timeout: float = 10) -> None:
        """Block until no request and no background task of this server is running.

        Raises:
            SettleTimeout: something was still running after `timeout` seconds; the message names it.
            ServerFailed: the server has ended by itself.
        """
        self._recorder.settle(timeout, self._check_alive, self._running)

    def _check_alive(self) -> None:
        engine = self._engine
        if engine.ended.is_set() and not engine.stopping:
            raise ServerFailed(
                say(
                    "The server has ended by itself: {error}.",
                    error=describe(engine.error or SystemExit()),
                )
            )

    def _running(self) -> list[str]:
        return self.timeline.names_of(self._recorder.running())

    @property
    def at_work(self) -> bool:
        """Whether anything of the app goes on: a request, a task, or what `settle` does not know of.

        That is an asyncio task that the app has made by itself, or a thread that it has started, unless that
        waits for its next call, or for somebody else without a time-out.
        """
        engine, recorder = self._engine, self._recorder
        for _ in range(2):  # a thread may have handed something to the loop, or the loop to a thread
            if busy(self.threads) or tasks_beside(engine.loop) != [] or recorder.running():
                return True
        return False

    @property
    def threads(self) -> list[threading.Thread]:
        """The threads that the app's code has started and that are alive, those of its pools among them."""
        return self._recorder.threads()

    def turn(self, times: int = 10, timeout: float = 10) -> bool:
        """Let the event loop come round so many times, and all that is ready have its turn.

        Returns:
            False when the loop stands still, or has ended.
        """
        for _ in range(times):
            if self._engine.ended.is_set() or not wait(self._engine.ask_for_a_sign().wait, timeout):
                return False
        return True

    # the end

    @property
    def running(self) -> bool:
        """Whether it serves."""
        return not self._engine.stopping and not self._engine.ended.is_set()

    def _check_running(self) -> None:
        if not self.running:
            raise LiveError(say("This server has stopped. Start one with serve(app)."))

    def stop(self, grace: float = _GRACE) -> None:
        """Stop: running requests and tasks have `grace` seconds to end, then are cancelled, then killed.

        With ``math.inf`` they have as long as they need.

        Stopping a stopped server does nothing.
        """
        self._end(grace)

    def kill(self, deadline: float = 2) -> list[str]:
        """Kill a program that does not end by itself, in `deadline` seconds at most.

        Raises SystemExit in the server's thread, in its worker threads and in every thread that the app's
        code started, again and again until they end. A thread inside one long call into C, such as
        time.sleep(3600), cannot be ended; the names of such threads are returned. They do not keep Python
        from exiting.
        """
        self._finalizer.detach()
        left = self._engine.kill(deadline)
        _close(self._clients)
        return left

    def _end(self, grace: float) -> None:
        self._finalizer.detach()
        _stop(self._engine, self._clients, grace)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop(_GRACE if kind is None else 0.2)

    def __repr__(self) -> str:
        return f"Server({'running' if self.running else 'stopped'})"


def _stop(engine: Engine, clients: list[httpx.Client], grace: float) -> None:
    _close(clients)
    if engine.given_up:
        return
    if engine.thread.ident is None:  # it was never started
        engine.close_socket()
        return
    engine.ask_to_stop(grace)
    if engine.thread is threading.current_thread():
        return  # a garbage collection found the server in the server's own thread: it will stop soon
    engine.thread.join(None if grace == math.inf else grace + 1.5)
    if engine.thread.is_alive() or engine.busy_workers():
        engine.kill(2.0)
    if not engine.thread.is_alive():
        engine.unhook()


def _close(clients: list[httpx.Client]) -> None:
    for client in clients:
        with contextlib.suppress(Exception):
            client.close()


@atexit.register
def _stop_all() -> None:
    for engine in list(_engines):
        if engine.thread.is_alive():
            _stop(engine, [], 0.2)
