"""Retries with tenacity, and time-outs around threads."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import smtplib
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NoReturn
from unittest import mock

import anyio
import anyio.to_thread
import httpx
import psycopg
import redis
import requests
import sqlalchemy.exc
from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.testclient import TestClient
from starlette._utils import is_async_callable
from starlette.concurrency import run_in_threadpool
from tenacity import (
    RetryCallState,
    RetryError,
    before_sleep_log,
    retry,
    retry_if_exception,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential_jitter,
    wait_fixed,
    wait_none,
    wait_random_exponential,
)

from course.facts import Seen, fact
from course.facts._experiments import time_for
from course.tasks import guarded, transient

_MANY = 300


class _Pauses:
    """Adds up the pauses instead of making them."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, seconds: float) -> Any:
        self.seconds += seconds


class _Fails:
    """A function that fails so many times, then works; it counts its calls."""

    def __init__(self, times: int = _MANY, error: type[Exception] = ConnectionError) -> None:
        self.times = times
        self.error = error
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.times:
            raise self.error(f"attempt {self.calls}")
        return "worked"


def _outcome(function: Callable[[], Any]) -> str:
    try:
        return str(function())
    except Exception as error:
        return type(error).__name__


@fact(
    "F50",
    "Bare @retry has no limit and no pause; stop_after_attempt(3) alone makes three attempts at once.",
)
def no_limit_no_pause() -> Seen:
    """How often each calls a function that works only at last, and how long it has paused in between."""

    def tried(**options: Any) -> tuple[int, float]:
        function, pauses = _Fails(), _Pauses()
        _outcome(retry(sleep=pauses, **options)(function))
        return function.calls, pauses.seconds

    bare, three = tried(), tried(stop=stop_after_attempt(3))
    return Seen(
        (bare, three) == ((_MANY + 1, 0), (3, 0)),
        f"attempts and seconds of pause: bare {bare}, stop_after_attempt(3) {three}",
    )


@fact("F51", "What comes out at the end is RetryError; reraise=True gives the last original error.")
def retry_error() -> Seen:
    """The exception with and without reraise."""
    three = stop_after_attempt(3)
    plain, original = (
        _outcome(retry(stop=three)(_Fails())),
        _outcome(retry(stop=three, reraise=True)(_Fails())),
    )
    return Seen(
        (plain, original) == (RetryError.__name__, "ConnectionError"), f"{plain}; reraise: {original}"
    )


@fact("F51b", "A RetryError that leaves a task skips the tasks behind it, as any other exception does.")
def retry_error_leaves() -> Seen:
    """What is done behind a task that gives up after its last attempt."""
    app, done = FastAPI(), list[str]()
    gives_up = retry(stop=stop_after_attempt(2))(_Fails())

    def task() -> None:
        gives_up()

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(task)
        tasks.add_task(done.append, "behind it")

    left = _outcome(lambda: TestClient(app).get("/"))
    return Seen((left, done) == ("RetryError", []), f"it left: {left}; done behind it: {done}")


@fact(
    "F51c",
    "A guard inside a retry hides the error from it, so there is one attempt; around it, there are all.",
)
def guard_and_retry() -> Seen:
    """The same task with the two, in either order."""
    attempts: list[str] = []

    def task(where: str) -> None:
        attempts.append(where)
        raise ConnectionError

    again = retry(stop=stop_after_attempt(3))
    again(guarded(task))("inside")
    guarded(again(task))("around")
    counts = attempts.count("inside"), attempts.count("around")
    return Seen(counts == (1, 3), f"attempts: {counts[0]} with the guard inside, {counts[1]} with it around")


@fact("F52", "An error that is not named in retry_if_exception_type is not tried again.")
def only_transient() -> Seen:
    """How often a function is called that raises the named error, and another."""
    calls = {}
    for error in (ConnectionError, ValueError):
        function = _Fails(error=error)
        transient = retry_if_exception_type(ConnectionError)
        _outcome(retry(stop=stop_after_attempt(3), retry=transient)(function))
        calls[error.__name__] = function.calls
    return Seen(calls == {"ConnectionError": 3, "ValueError": 1}, f"attempts: {calls}")


_OF_CLIENTS = (
    httpx.TransportError,
    requests.ConnectionError,
    requests.Timeout,
    redis.ConnectionError,
    redis.TimeoutError,
    psycopg.OperationalError,
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.TimeoutError,
    smtplib.SMTPServerDisconnected,
)


@fact(
    "F52b",
    "ConnectionError and TimeoutError are not what httpx, requests, redis, psycopg, SQLAlchemy and smtplib "
    "raise when a connection breaks; `transient` knows their errors.",
)
def errors_of_clients() -> Seen:
    """Attempts at a port on which nobody listens, by each rule; and the families of the errors."""
    built_in = (ConnectionError, TimeoutError)
    rules = {"pair": retry_if_exception_type(built_in), "transient": retry_if_exception(transient)}
    attempts = dict.fromkeys(rules, 0)

    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"

        async def fetch(rule: str) -> None:
            attempts[rule] += 1
            async with httpx.AsyncClient(trust_env=False) as client:
                await client.get(url)

        async def by_each_rule() -> None:
            for rule, worth_it in rules.items():
                retried = retry(stop=stop_after_attempt(3), retry=worth_it, reraise=True)(fetch)
                with contextlib.suppress(httpx.ConnectError, ConnectionError):
                    await retried(rule)

        asyncio.run(by_each_rule())
    built_in_too = [error.__name__ for error in _OF_CLIENTS if issubclass(error, built_in)]
    return Seen(
        attempts == {"pair": 1, "transient": 3} and not built_in_too,
        f"attempts: {attempts}; of the clients' errors the pair catches {built_in_too}",
    )


@fact(
    "F52c",
    "When the answer to a POST breaks off, `transient` says no: it may have been done. To a GET of httpx it "
    "says yes: the error knows its request.",
)
def half_an_answer() -> Seen:
    """How often a server that hangs up in the middle of its answer is asked, with three attempts at most."""
    asked = list[str]()
    stop = threading.Event()

    def serve_half(listening: socket.socket) -> None:
        while not stop.is_set():
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                asked.append(connection.recv(4096).decode().partition(" ")[0])
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\ndone")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve_half, args=[listening], daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        for method in ("POST", "GET"):
            again = retry(
                stop=stop_after_attempt(3),
                wait=wait_none(),
                retry=retry_if_exception(transient),
                reraise=True,
            )
            with contextlib.suppress(httpx.RemoteProtocolError):
                again(httpx.request)(method, url, trust_env=False)
        stop.set()
        socket.create_connection(listening.getsockname()).close()
        thread.join(10)
    counts = {method: asked.count(method) for method in ("POST", "GET")}
    return Seen(counts == {"POST": 1, "GET": 3}, f"asked: {counts}")


@fact(
    "F58e",
    "In the body of an answer, requests raises ChunkedEncodingError when the connection breaks, and its "
    "ConnectionError, not Timeout, when time is up; neither knows its GET, so `transient` says no.",
)
def body_of_requests() -> Seen:
    """A GET whose answer ends after its first piece, and one whose next piece never comes."""
    first_piece = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\ndone\r\n"

    def get(*, breaks: bool) -> str:
        over = threading.Event()

        def answer(listening: socket.socket) -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(first_piece)
                if not breaks:
                    over.wait(20)

        with socket.create_server(("127.0.0.1", 0)) as listening, requests.Session() as session:
            session.trust_env = False
            thread = threading.Thread(target=answer, args=[listening], daemon=True)
            thread.start()
            try:
                session.get(
                    f"http://127.0.0.1:{listening.getsockname()[1]}/", timeout=20 if breaks else (20, 1)
                )
            except requests.RequestException as error:
                return f"{type(error).__name__}, retried: {transient(error)}"
            finally:
                over.set()
                thread.join(10)
        return "no error"

    seen = get(breaks=True), get(breaks=False)
    wanted = "ChunkedEncodingError, retried: False", "ConnectionError, retried: False"
    return Seen(seen == wanted, f"broken: {seen[0]}; time is up: {seen[1]}")


@fact(
    "F53",
    "Once the wait reaches its maximum, wait_exponential_jitter has no jitter left; wait_random_exponential "
    "stays spread.",
)
def jitter_at_the_maximum() -> Seen:
    """Forty waits of each before the tenth attempt, with a maximum of 10 s."""

    def different(wait: Callable[[RetryCallState], float]) -> set[float]:
        state = RetryCallState(retry_object=retry()(int).retry, fn=None, args=(), kwargs={})
        state.attempt_number = 10
        return {wait(state) for _ in range(40)}

    exponential = different(wait_exponential_jitter(multiplier=1, max=10, jitter=1))
    spread = different(wait_random_exponential(multiplier=1, max=10))
    return Seen(
        exponential == {10} and len(spread) > 20,
        f"different waits of 40: wait_exponential_jitter {len(exponential)}, "
        f"wait_random_exponential {len(spread)}",
    )


@fact(
    "F54",
    "The pause of a sync retry holds its thread, and in an `async def` the whole loop; the pause of an async "
    "one awaits, and holds nothing.",
)
def what_a_pause_holds() -> Seen:
    """Threads in use, and whether the loop turned, during the pause of each kind."""
    pauses: dict[str, Any] = {"stop": stop_after_attempt(2), "wait": wait_fixed(0.05)}

    async def held(call: Callable[[Callable[[RetryCallState], None]], Awaitable[object]]) -> tuple[int, bool]:
        limiter, loop = anyio.to_thread.current_default_thread_limiter(), asyncio.get_running_loop()
        threads, turned = [], threading.Event()

        def in_pause(_: RetryCallState) -> None:
            threads.append(int(limiter.borrowed_tokens))
            loop.call_soon_threadsafe(turned.set)

        await call(in_pause)
        return threads[0], turned.is_set()

    async def in_a_thread(note: Callable[[RetryCallState], None]) -> None:
        await run_in_threadpool(retry(before_sleep=note, **pauses)(_Fails(1)))

    async def in_the_loop(note: Callable[[RetryCallState], None]) -> None:
        retry(before_sleep=note, **pauses)(_Fails(1))()

    async def awaited(note: Callable[[RetryCallState], None]) -> None:
        function = _Fails(1)

        async def attempt() -> str:
            return function()

        retried = retry(before_sleep=note, **pauses)(attempt)
        assert is_async_callable(retried)
        await retried()

    async def all_three() -> list[tuple[int, bool]]:
        return [await held(one) for one in (in_a_thread, in_the_loop, awaited)]

    seen = asyncio.run(all_three())
    return Seen(
        seen == [(1, True), (0, False), (0, True)],
        "threads held and loop free during the pause: "
        + ", ".join(
            f"{name} {one}" for name, one in zip(("thread", "sync in loop", "async"), seen, strict=True)
        ),
    )


@fact(
    "F55",
    "retry_error_callback gets the last state when the attempts are used up, and only then; `statistics` "
    "counts; a time-out in each attempt cuts it off; `f.retry.wait` changes f itself, `retry_with` a copy.",
)
def handles_of_a_retry() -> Seen:
    """Each of the handles that the lessons use."""
    given: list[str] = []
    options: dict[str, Any] = {
        "stop": stop_after_attempt(3),
        "retry": retry_if_exception_type(ConnectionError),
        "before_sleep": before_sleep_log(logging.getLogger("facts"), logging.DEBUG),
        "retry_error_callback": lambda state: given.append(f"kept after {state.attempt_number}"),
    }
    _outcome(retry(**options)(_Fails()))
    refused = _outcome(retry(**options)(_Fails(error=ValueError)))

    pauses = _Pauses()
    send = retry(stop=stop_after_attempt(3), wait=wait_fixed(60), sleep=pauses)(_Fails(2))
    send.retry_with(wait=wait_none())
    untouched = send.retry.wait
    send.retry.wait = wait_none()
    worked = _outcome(send)
    counted = send.statistics["attempt_number"]

    calls = 0

    @retry(stop=stop_after_attempt(3), retry=retry_if_exception_type(TimeoutError))
    async def answers_the_second_time() -> int:
        nonlocal calls
        calls += 1
        async with asyncio.timeout(0.02 if calls == 1 else 30):
            await (asyncio.Event().wait() if calls == 1 else asyncio.sleep(0))
        return calls

    cut_off = asyncio.run(answers_the_second_time())
    return Seen(
        given == ["kept after 3"]
        and refused == "ValueError"
        and isinstance(untouched, wait_fixed)
        and (worked, pauses.seconds, counted, cut_off) == ("worked", 0, 3, 2),
        f"callback: {given}, not for a {refused}; wait replaced in place: {pauses.seconds:g} s of pause; "
        f"attempts counted: {counted}; answered at attempt {cut_off}",
    )


@fact(
    "F55b",
    "An async retry_error_callback is awaited for an async function only: for a plain one nothing of it "
    "runs, and nothing is raised.",
)
def callbacks_that_nobody_awaits() -> Seen:
    """The same callback, of a plain function and of an async one."""
    kept: list[str] = []

    async def keep(state: RetryCallState) -> None:
        kept.append(getattr(state.fn, "__name__", ""))

    @retry(stop=stop_after_attempt(2), retry_error_callback=keep)
    def plain() -> None:
        raise ConnectionError

    @retry(stop=stop_after_attempt(2), retry_error_callback=keep)
    async def waiting() -> None:
        raise ConnectionError

    returned = plain()
    if inspect.iscoroutine(returned):
        returned.close()
    asyncio.run(waiting())
    return Seen(kept == ["waiting"], f"kept: {kept}; the plain one returned a {type(returned).__name__}")


@fact("F56", "What stands behind a retrying task waits for all its attempts: tasks and `yield` dependencies.")
def behind_a_retry() -> Seen:
    """The order of attempts, next task and teardown."""
    happened: list[str] = []
    app = FastAPI()

    def resource() -> Iterator[None]:
        yield
        happened.append("teardown")

    @retry(stop=stop_after_attempt(3), wait=wait_fixed(0.01), retry_error_callback=lambda _: None)
    async def retried() -> None:
        happened.append("attempt")
        for _ in time_for(lambda: happened != ["attempt"]):
            await asyncio.sleep(0.005)
        raise ConnectionError

    @app.get("/", dependencies=[Depends(resource)])
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(retried)
        tasks.add_task(happened.append, "next task")

    TestClient(app).get("/")
    expected = ["attempt", "attempt", "attempt", "next task", "teardown"]
    return Seen(happened == expected, f"order: {', '.join(happened)}")


@fact(
    "F57",
    "Done, but not heard of: a retry does it again each time, unless the receiver knows the intent by a key.",
)
def done_three_times() -> Seen:
    """Payments whose acknowledgement is lost twice, with and without a key that is unique."""
    payments: list[str] = []
    by_key: dict[str, str] = {}

    def asked(pay: Callable[[], object]) -> int:
        answers = _Fails(2, TimeoutError)

        def attempt() -> None:
            pay()
            answers()

        retry(stop=stop_after_attempt(3))(attempt)()
        return answers.calls

    attempts = asked(lambda: payments.append("order 1")), asked(lambda: by_key.setdefault("key", "order 1"))
    return Seen(
        (attempts, len(payments), len(by_key)) == ((3, 3), 3, 1),
        f"attempts {attempts}; paid without a key {len(payments)} times, with one {len(by_key)} time",
    )


_FIRED = "fired, thread working: True, tokens in use: 0"
_PATIENCE = 2.0  # seconds that a thread works on when no time-out stops the wait for it


@fact(
    "F58",
    "anyio's time-out does not fire around a thread, unless abandon_on_cancel=True; asyncio.timeout does. "
    "The thread works on, and its token is free.",
)
def around_a_thread() -> Seen:
    """Each kind of time-out, due as soon as the thread works; the thread ends when it has been due."""

    async def all_three() -> tuple[str, str, str]:
        return await _of_anyio(abandon=False), await _of_asyncio(), await _of_anyio(abandon=True)

    shielded, cut, abandoned = asyncio.run(all_three())
    return Seen(
        (shielded, cut, abandoned) == ("not fired", _FIRED, _FIRED),
        f"anyio: {shielded}; asyncio: {cut}; abandon_on_cancel: {abandoned}",
    )


async def _of_anyio(*, abandon: bool) -> str:
    work, loop = _Work(), asyncio.get_running_loop()
    try:
        with anyio.fail_after(None) as scope:

            def due() -> None:
                scope.deadline = anyio.current_time()
                if not abandon:
                    loop.call_later(0.01, work.end.set)

            if abandon:
                await anyio.to_thread.run_sync(work, due, loop, abandon_on_cancel=True)
            else:
                await anyio.to_thread.run_sync(work, due, loop)
    except TimeoutError:
        return work.state()
    return "not fired"


async def _of_asyncio() -> str:
    work, loop = _Work(), asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as timeout:
            await anyio.to_thread.run_sync(work, lambda: timeout.reschedule(loop.time()), loop)
    except TimeoutError:
        return work.state()
    return "not fired"


@fact("F58d", "The time-outs of httpx and smtplib do not count the time for finding the address of a name.")
def around_a_name() -> Seen:
    """The look-up takes longer than the time-out, and then fails."""

    def no_answer(*_: object, **__: object) -> NoReturn:
        time.sleep(0.1)
        raise socket.gaierror("no such name")

    def error_of(call: Callable[[], object]) -> str:
        try:
            return f"{call()}"
        except (httpx.TransportError, OSError) as error:
            return type(error).__name__

    with mock.patch.object(socket, "getaddrinfo", no_answer):
        seen = (
            error_of(lambda: httpx.get("http://provider.example", timeout=0.01, trust_env=False)),
            error_of(lambda: smtplib.SMTP("provider.example", 25, local_hostname="localhost", timeout=0.01)),
        )
    return Seen(seen == ("ConnectError", "gaierror"), "httpx: {}, smtplib: {}".format(*seen))


@fact("F58c", "While a call waits for a free thread, anyio's time-out fires, and the call is never made.")
def around_a_queue() -> Seen:
    """A time-out that is due as soon as a call waits for the only token; the token is kept for a while."""
    called: list[str] = []
    may_end = threading.Event()

    async def wait_for_the_token() -> str:
        limiter = anyio.CapacityLimiter(1)

        async def due(scope: anyio.CancelScope) -> None:
            while not limiter.statistics().tasks_waiting:
                await asyncio.sleep(0.001)
            scope.deadline = anyio.current_time()

        async with anyio.create_task_group() as group:
            group.start_soon(partial(anyio.to_thread.run_sync, may_end.wait, _PATIENCE, limiter=limiter))
            while not limiter.borrowed_tokens:
                await asyncio.sleep(0.001)
            try:
                with anyio.fail_after(None) as scope:
                    group.start_soon(due, scope)
                    await anyio.to_thread.run_sync(called.append, "called", limiter=limiter)
            except TimeoutError:
                return "fired"
            finally:
                may_end.set()
        return "not fired"

    outcome = asyncio.run(wait_for_the_token())
    return Seen((outcome, called) == ("fired", []), f"{outcome}, calls made: {len(called)}")


@fact("F58b", "A retry after a time-out around a thread does the thread's work once more.")
def thread_again() -> Seen:
    """What two threads have done whose waiting ended at each of two attempts."""
    done: list[str] = []
    may_end = threading.Event()

    @retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(TimeoutError), reraise=True)
    async def attempt(pool: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()

        def work() -> None:
            loop.call_soon_threadsafe(limit.reschedule, 0)
            may_end.wait(_PATIENCE)
            done.append("done")

        async with asyncio.timeout(None) as limit:
            await loop.run_in_executor(pool, work)

    with ThreadPoolExecutor(2) as pool:
        caller = _outcome(lambda: asyncio.run(attempt(pool)))
        may_end.set()
    return Seen(
        (caller, len(done)) == ("TimeoutError", 2), f"the caller got {caller}; done {len(done)} times"
    )


class _Work:
    """What a thread does until it is told to end."""

    def __init__(self) -> None:
        self.end = threading.Event()
        self.ended = False

    def __call__(self, due: Callable[[], None], loop: asyncio.AbstractEventLoop) -> None:
        loop.call_soon_threadsafe(due)
        self.end.wait(_PATIENCE)
        self.ended = True

    def state(self) -> str:
        """What is to be seen when the time-out has just fired; the thread may end then."""
        working = not self.ended
        self.end.set()
        tokens = int(anyio.to_thread.current_default_thread_limiter().borrowed_tokens)
        return f"fired, thread working: {working}, tokens in use: {tokens}"
