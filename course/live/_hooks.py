"""Where the recorder listens inside the libraries.

The hooks are in place while at least one bench server runs, act only on code that runs for a bench (the
context variable says so), and keep the originals' source visible to `inspect` (functools.wraps).
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import logging
import threading
import time
import warnings
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any, TextIO

import anyio.to_thread
import fastapi.routing
from starlette.background import BackgroundTask
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from course.live import _recorder
from course.live._process_wide import Before
from course.live._recorder import Here, Recorder, _here, belongs_to, current, emitter
from course.tasks import describe, undone

HEADER = b"x-course-request"
_LOGGERS = ("uvicorn.error", "uvicorn.access")


def _unwrapped(function: Any) -> Any:
    while isinstance(function, functools.partial):
        # FastAPI runs a `def` endpoint as partial(_run_sync_endpoint, function=endpoint, ...)
        function = function.keywords.get("function") or function.func
    return function


def _is_house_work(function: Any) -> bool:
    """Whether FastAPI runs its own code in a thread, such as the validation of a response."""
    return str(getattr(_unwrapped(function), "__module__", "")).startswith(("fastapi.", "pydantic."))


def name_of(function: Any) -> str:
    """A readable name for anything that can be called."""
    function = _unwrapped(function)
    owner = getattr(function, "__self__", None)
    generator = getattr(owner, "gen", None)
    if inspect.isgenerator(generator):  # a `def` dependency with yield
        return generator.__name__
    name = getattr(function, "__name__", None)
    return name if isinstance(name, str) else type(function).__name__


# the ASGI app


class Recorded:
    """The app, with a note at each step of each request."""

    def __init__(self, app: ASGIApp, recorder: Recorder) -> None:
        self.app = app
        self.recorder = recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(dict(scope), receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        else:
            _here.set(Here(self.recorder))
            await self.app(scope, receive, send)

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        recorder = self.recorder
        _here.set(Here(recorder))
        recorder.lifespan = emitter()

        async def listen(message: Message) -> None:
            if message["type"].endswith(".failed"):
                recorder.startup_message = message.get("message", "")
            await send(message)

        try:
            await self.app(scope, receive, listen)
        except BaseException as error:
            recorder.startup_error = error
            raise

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        recorder = self.recorder
        request = self._number(scope)
        recorder.begin("request", request)
        recorder.end("sent", request)
        recorder.roots[request] = emitter()
        _here.set(Here(recorder, request))
        asyncio_task = asyncio.current_task()
        assert asyncio_task is not None
        line = f'"{scope["method"]} {scope["path"]} HTTP/{scope["http_version"]}"'

        def note_endpoint() -> None:  # the router has put it into the scope, whether it runs or not
            if (endpoint := scope.get("endpoint")) is not None and _has_run(scope, recorder, request):
                recorder.endpoints[request] = name_of(endpoint)

        async def listen(message: Message) -> None:
            if message["type"] == "http.response.start":
                recorder.log.append(f"INFO: {line} {message['status']}")
                recorder.note("response_started", request, text=str(message["status"]))
                note_endpoint()
            elif message["type"] == "http.response.body" and not message.get("more_body", False):
                recorder.note("response_complete", request)
            await send(message)

        recorder.note("handler_started", request)
        failure: list[BaseException] = []
        try:
            await self.app(scope, receive, listen)
        except BaseException as error:
            failure.append(error)
            recorder.note("request_failed", request, error=error)
            recorder.note_error(error)
            raise
        else:
            recorder.note("request_ended", request)
        finally:
            note_endpoint()
            # Only after uvicorn has finished with it as well: after a failed task it closes the connection.
            asyncio_task.add_done_callback(lambda _: _finish(recorder, request, failure))

    def _number(self, scope: Scope) -> int:
        """The number that our client gave the request in a header, which the app does not get to see."""
        ours = self.recorder.token.encode() + b":"
        kept = []
        number = None
        for name, value in scope["headers"]:
            if name != HEADER:
                kept.append((name, value))
            elif value.startswith(ours):
                number = int(value.removeprefix(ours))
        scope["headers"] = kept
        if number is None:
            number = self.recorder.new_request("another client", scope["method"], scope["path"], 0)
        return number


def _has_run(scope: Scope, recorder: Recorder, request: int) -> bool:
    """Whether the endpoint was called. FastAPI answers 422 and the errors of dependencies without it."""
    route = scope.get("route")
    told = isinstance(route, fastapi.routing.APIRoute) and not (
        inspect.isgeneratorfunction(route.endpoint) or inspect.isasyncgenfunction(route.endpoint)
    )
    return not told or request in recorder.reached


def _finish(recorder: Recorder, request: int, failure: list[BaseException]) -> None:
    for error in failure:
        _drop_frames(error)
    failure.clear()
    recorder.end("request", request)


def _drop_frames(error: BaseException | None) -> None:
    """Release the frames that an exception holds, once it has been handled.

    They hold the learner's coroutines; the warning that one was never awaited would come in a later cell.
    The recorder has kept the traceback as text.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


# background tasks and worker threads


def _hook_task(original: Callable[[BackgroundTask], Awaitable[None]]) -> Any:
    @functools.wraps(original)
    async def __call__(self: BackgroundTask) -> None:
        here = current()
        if here is None or isinstance(getattr(self, "func", self), BackgroundTask):
            await original(self)
        else:
            await _run_task(here, self, original)

    return __call__


async def _run_task(
    here: Here, task: BackgroundTask, original: Callable[[BackgroundTask], Awaitable[None]]
) -> None:
    recorder, request = here.recorder, here.request
    number = recorder.new_task(name_of(task.func), request)
    recorder.begin("task", number)
    token = _here.set(Here(recorder, request, number, entering=not task.is_async))
    recorder.note("task_started" if task.is_async else "task_queued", request, number)
    ended: dict[str, Any] = {}
    recorder.ends[number] = ended
    try:
        await original(task)
    except asyncio.CancelledError as error:
        recorder.note("task_cancelled", request, number, error=error, **ended)
        raise
    except BaseException as error:
        recorder.note("task_failed", request, number, error=error, **ended)
        recorder.note_error(error)
        raise
    else:
        recorder.note("task_ended", request, number, **ended)
    finally:
        recorder.ends.pop(number, None)
        _here.reset(token)
        recorder.end("task", number)


def _hook_endpoint(original: Callable[..., Awaitable[Any]]) -> Any:
    @functools.wraps(original)
    async def run_endpoint_function(**options: Any) -> Any:
        here = current()
        if here is not None and here.request is not None:
            here.recorder.reached.add(here.request)
            here.recorder.note("endpoint_started", here.request)
        return await original(**options)

    return run_endpoint_function


def _hook_run_sync(original: Callable[..., Awaitable[Any]]) -> Any:
    @functools.wraps(original)
    async def run_sync(func: Callable[..., Any], *args: Any, **options: Any) -> Any:
        here = current()
        if here is None or (_is_house_work(func) and not here.entering):
            return await original(func, *args, **options)
        return await original(_in_worker(here, emitter(), func), *args, **options)

    return run_sync


def _in_worker(here: Here, on_behalf_of: int, func: Callable[..., Any]) -> Callable[..., Any]:
    recorder, request, task = here.recorder, here.request, here.task
    name = name_of(func)

    def run(*args: Any) -> Any:
        before = getattr(_recorder._worker, "emitter", None)
        _recorder._worker.emitter = on_behalf_of
        ended = recorder.ends.get(task) if here.entering and task is not None else None
        if ended is not None:
            _here.set(replace(here, entering=False))
        recorder.note("thread_started" if ended is None else "task_started", request, task, text=name)
        try:
            result = func(*args)
            if ended is not None and (kind := undone(result)):
                _note_lost(recorder, ended, kind, result)
            return result
        finally:
            if ended is None:
                recorder.note("thread_ended", request, task, text=name)
            else:
                ended["t"] = time.perf_counter()
            _recorder._worker.emitter = before

    return run


def _note_lost(recorder: Recorder, ended: dict[str, Any], kind: str, work: Any) -> None:
    """A plain function returned work; Starlette drops it, and Python warns of a coroutine later, anywhere."""
    ended["text"] = "lost" if kind == "coroutine" else f"lost_{kind}"
    if kind == "coroutine":
        recorder.log.append(f"RuntimeWarning: coroutine {work.__qualname__!r} was never awaited")


def _hook_thread_start(original: Callable[[threading.Thread], None]) -> Any:
    @functools.wraps(original)
    def start(self: threading.Thread) -> None:
        here = current()
        if here is not None:
            if here.recorder.closing:
                raise RuntimeError("can't start new thread")  # as Python says when there are too many threads
            belongs_to(self, here)
            here.recorder.add_thread(self)
        original(self)

    return start


# what goes to stderr otherwise


def _hook_showwarning(original: Callable[..., None]) -> Any:
    @functools.wraps(original)
    def showwarning(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        here = current()
        if here is None:
            original(message, category, filename, lineno, file, line)
        else:
            here.recorder.log.append(f"{category.__name__}: {message}")

    return showwarning


def _hook_excepthook(original: Callable[..., None]) -> Any:
    @functools.wraps(original)
    def excepthook(args: Any) -> None:
        here = current()
        if here is None:
            original(args)
        elif args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            here.recorder.log.append(f"ERROR: Exception in thread: {describe(args.exc_value)}")

    return excepthook


def _hook_is_enabled_for(original: Callable[[int], bool]) -> Any:
    """Of uvicorn's loggers, which an app may have switched off, as by `logging.config.dictConfig`."""

    @functools.wraps(original)
    def is_enabled_for(level: int) -> bool:
        return level >= logging.WARNING if current() is not None else original(level)

    return is_enabled_for


def _hook_handle(original: Callable[[logging.LogRecord], None]) -> Any:
    """Of uvicorn's loggers: what a bench server logs goes into its own log only."""

    @functools.wraps(original)
    def handle(record: logging.LogRecord) -> None:
        here = current()
        if here is None:
            original(record)
        elif record.levelno >= logging.WARNING and record.name == "uvicorn.error":
            here.recorder.log.append(_log_line(record.levelname, record.getMessage(), record.exc_info))

    return handle


def _log_line(level: str, message: str, exc_info: Any) -> str:
    first = message.strip().splitlines()[0] if message.strip() else ""
    error = exc_info[1] if exc_info else None
    return f"{level}: {first}" if error is None else f"{level}: {first}: {describe(error)}"


def log_unhandled(recorder: Recorder, context: dict[str, Any]) -> None:
    """Log what an event loop reports about a task that was not awaited."""
    error = context.get("exception")
    exc_info = None if error is None else (type(error), error, None)
    recorder.log.append(_log_line("ERROR", context.get("message", ""), exc_info))


# installing and removing

_users: set[object] = set()
_before: list[Before] = []  # one at most
_lock = threading.RLock()
_PLACES: tuple[tuple[Any, str, Callable[[Any], Any]], ...] = (
    (BackgroundTask, "__call__", _hook_task),
    (anyio.to_thread, "run_sync", _hook_run_sync),
    (fastapi.routing, "run_endpoint_function", _hook_endpoint),
    (threading.Thread, "start", _hook_thread_start),
    (threading, "excepthook", _hook_excepthook),
    (warnings, "showwarning", _hook_showwarning),
)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One thread at a time. A thread that holds the lock for a second was ended inside: replace the lock."""
    global _lock
    lock = _lock
    if not lock.acquire(timeout=1):
        lock = _lock = threading.RLock()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def install(user: object) -> None:
    """Put the hooks in place, unless they are, and keep them until `user` has uninstalled them.

    The first user also notes the state of the process, which is restored after the last one.
    """
    with _alone():
        if not _before:
            _before.append(Before())
        _users.add(user)
        for logger in map(logging.getLogger, _LOGGERS):
            if "handle" not in vars(logger):
                vars(logger).update(
                    isEnabledFor=_hook_is_enabled_for(logger.isEnabledFor), handle=_hook_handle(logger.handle)
                )
        for owner, name, hook in _PLACES:
            original = getattr(owner, name)
            if not hasattr(original, "course_live_hook"):
                hooked = hook(original)
                hooked.course_live_hook = hooked
                setattr(owner, name, hooked)


def uninstall(user: object) -> None:
    """Remove the hooks after the last user, except those that something else has replaced since.

    Where the thread that calls this may be ended halfway, another thread calls it again. So does the main
    thread, which alone may put back signal handlers.
    """
    with _alone():
        _users.discard(user)
        if _users:
            return
        for logger in map(logging.getLogger, _LOGGERS):
            for name in ("isEnabledFor", "handle"):
                vars(logger).pop(name, None)
        for owner, name, _ in _PLACES:
            hooked: Any = getattr(owner, name)
            untouched = getattr(hooked, "course_live_hook", None) is hooked
            if untouched:
                setattr(owner, name, hooked.__wrapped__)
        if _before and _before[0].put_back():
            _before.clear()
