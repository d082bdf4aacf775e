"""What may be passed to add_task, and what happens to it and to its result."""

import functools
import gc
import itertools
import threading
import warnings
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, FastAPI
from starlette.background import BackgroundTasks as StarletteBackgroundTasks

from course.facts import Seen, fact
from course.facts._experiments import in_order, quiet_client, saw
from course.live import serve


@fact("F9", "Async is what looks async from outside; a coroutine that a plain function returns is lost.")
def outermost_callable() -> Seen:
    """Where each kind of callable runs, and what is never awaited."""
    log = list[str]()

    async def note(name: str) -> None:
        log.append(name)

    class Caller:
        async def __call__(self, name: str) -> None:
            log.append(name)

        note = __call__

    @functools.wraps(note)
    def wrapped(name: str) -> Any:
        return note(name)

    async_kinds: dict[str, Callable[..., Any]] = {
        "function": note,
        "partial": functools.partial(note),
        "method": Caller().note,
        "object": Caller(),
    }
    for name, kind in async_kinds.items():
        _run(kind, name)
    lost = [_never_awaited(kind) for kind in (lambda: note("lambda"), functools.partial(wrapped, "wrapper"))]
    return saw(
        {
            "async functions, partials, methods and objects ran": log == list(async_kinds),
            "behind a lambda or a sync wrapper: never awaited": lost == [True, True],
        }
    )


def _run(function: Callable[..., Any], *args: Any) -> int:
    app = FastAPI()

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(function, *args)

    return quiet_client(app).get("/").status_code


def _never_awaited(function: Callable[..., Any]) -> bool:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        status = _run(function)
        gc.collect()
    return status == 200 and any("was never awaited" in str(warning.message) for warning in caught)


@fact("F9b", "add_task(f()) runs f in the request and fails after the response; so do wrong arguments.")
def called_not_passed() -> Seen:
    """Parentheses too many, an argument too many."""
    app, log = FastAPI(), list[str]()

    def note(text: str) -> None:
        log.append(text)

    @app.get("/called")
    async def called(tasks: BackgroundTasks) -> None:
        tasks.add_task(note("ran in the request"))  # type: ignore[arg-type, func-returns-value]
        log.append("endpoint ended")

    @app.get("/arguments")
    async def arguments(tasks: BackgroundTasks) -> None:
        tasks.add_task(note, "one", "too many")  # type: ignore[call-arg]

    with serve(app) as server:
        # a client each: what fails closes its connection
        statuses = [server.new_client().get(path).status_code for path in ("/called", "/arguments")]
        server.settle()
        errors = [type(error).__name__ for error in server.errors]
    return saw(
        {
            "it ran in the request": log == ["ran in the request", "endpoint ended"],
            "both were answered 200": statuses == [200, 200],
            "then two TypeErrors": errors == ["TypeError", "TypeError"],
        }
    )


class _Service:
    """A service with a def and an async def method, which say in which thread they run."""

    def __init__(self, number: int, log: list[str]) -> None:
        self._number, self._log = number, log
        self._maker = threading.get_ident()

    def confirm(self, *, order_id: int) -> None:
        """Note the order."""
        self._note("def", order_id)

    async def confirm_async(self, *, order_id: int) -> None:
        """Note the order."""
        self._note("async def", order_id)

    def _note(self, kind: str, order_id: int) -> None:
        place = "loop" if threading.get_ident() == self._maker else "thread"
        self._log.append(f"service {self._number}, {kind}: {order_id} ({place})")


@fact("F9c", "An argument is kept by reference, an expression is worked out when add_task is called.")
def arguments() -> Seen:
    """A list that changes after it was handed over, and its length."""
    app, log = FastAPI(), list[str]()

    def note(basket: list[str], length: int) -> None:
        log.append(f"{', '.join(basket)}: {length}")

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        basket = ["apples"]
        tasks.add_task(note, basket, len(basket))
        basket.append("pears")

    quiet_client(app).get("/")
    return in_order(log, "apples, pears: 1")


@fact("F9d", "At endpoints FastAPI looks through functools.wraps, at tasks nobody does.")
def wrapped_async_function() -> Seen:
    """An async function in a sync decorator, as an endpoint and as a task."""
    app, log = FastAPI(), list[str]()

    async def note() -> None:
        log.append("ran")

    @functools.wraps(note)
    def wrapper() -> Any:
        return note()

    app.get("/")(wrapper)
    status = quiet_client(app).get("/").status_code
    as_endpoint = list(log)
    lost = _never_awaited(wrapper)
    return saw({"the endpoint ran": (status, as_endpoint) == (200, ["ran"]), "the task was lost": lost})


@fact(
    "A7b",
    "lru_cache on a def provider builds one service for each request that comes before there is one.",
)
def cached_provider() -> Seen:
    """Four first requests at once: each of the four waits inside until all are there."""
    app, built, all_here = FastAPI(), list[int](), threading.Barrier(4)

    @functools.lru_cache
    def get_service() -> object:
        all_here.wait(10)
        built.append(1)
        return object()

    app.get("/", dependencies=[Depends(get_service)])(lambda: None)
    with serve(app) as server:
        for _ in range(4):
            server.submit("GET", "/")
        server.settle(20)
    return Seen(len(built) == 4, f"{len(built)} built for four requests")


@fact("A7", "Bound methods may be tasks, with named arguments; every request has a service of its own.")
def bound_methods() -> Seen:
    """A service from an async dependency, which is called on the loop."""
    app, log, number = FastAPI(), list[str](), itertools.count(1)

    async def get_service() -> _Service:
        return _Service(next(number), log)

    @app.get("/")
    async def endpoint(service: Annotated[_Service, Depends(get_service)], tasks: BackgroundTasks) -> None:
        tasks.add_task(service.confirm_async, order_id=7)
        tasks.add_task(service.confirm, order_id=8)

    for _ in range(2):
        with serve(app) as server:
            server.client.get("/")
            server.settle()
    expected = [f"service {n}, {rest}" for n in (1, 2) for rest in ("async def: 7 (loop)", "def: 8 (thread)")]
    return in_order(log, *expected)


class _MyTasks(BackgroundTasks):
    """A subclass, as an app might want it injected."""


@fact(
    "F18", "FastAPI injects its own BackgroundTasks, for a subclass too; `| None` and Depends() are refused."
)
def what_is_injected() -> Seen:
    """What is injected for which annotation, and which ones are refused when the route is defined."""
    seen = [_injected(kind) for kind in (BackgroundTasks, StarletteBackgroundTasks, _MyTasks)]
    refused = [_refused(kind) for kind in (BackgroundTasks | None, Annotated[BackgroundTasks, Depends()])]
    return saw(
        {
            "for three annotations its own class": seen == [BackgroundTasks] * 3,
            "`| None` refused": refused[0],
            "Depends() refused": refused[1],
        }
    )


def _with_annotation(annotation: object, log: list[type]) -> FastAPI:
    app = FastAPI()

    async def endpoint(tasks: Any) -> None:
        log.append(type(tasks))

    endpoint.__annotations__["tasks"] = annotation
    app.get("/")(endpoint)
    return app


def _injected(annotation: object) -> type:
    log = list[type]()
    quiet_client(_with_annotation(annotation, log)).get("/")
    return log[0]


def _refused(annotation: object) -> bool:
    try:
        _with_annotation(annotation, [])
    except Exception as error:
        return type(error).__name__ == "FastAPIError"
    return False


@fact("A4", "What a task returns is dropped: the next one gets what it was added with, and nothing else.")
def results_are_dropped() -> Seen:
    """A task that returns something, and one behind it that takes anything."""
    app, log = FastAPI(), list[str]()

    def first() -> str:
        log.append("first")
        return "the result"

    def second(*args: object, **kwargs: object) -> None:
        log.append(f"second with {args} and {kwargs}")

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(first)
        tasks.add_task(second)

    quiet_client(app).get("/")
    return in_order(log, "first", "second with () and {}")
