"""What a later release might do: each function makes one such change, in the process of an experiment.

The facts that `change` names must notice it. `PLANTED` has them all, to be measured as every other fact is.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import functools
import gc
import inspect
import logging
import os
import random
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable
from graphlib import TopologicalSorter
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import anyio
import anyio.from_thread
import anyio.to_thread
import httpx
import pydantic
import starlette.datastructures
import tenacity
import uvicorn
from fastapi import BackgroundTasks
from starlette.background import BackgroundTask
from starlette.background import BackgroundTasks as StarletteBackgroundTasks
from starlette.concurrency import run_in_threadpool
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.testclient import TestClient
from uvicorn.protocols.http.h11_impl import RequestResponseCycle

from course.facts import Fact, Seen, fact, find
from course.live import Gate, OtherKernel

PLANTED: list[tuple[Fact, tuple[str, ...]]] = []
"""Facts as they are after a change, each with the exceptions that its experiment may end with."""

UNPLANTED = {
    "B5": "it is about a class that stands in its own module",
    "F5": "a Python whose threads compute side by side cannot be imitated",
    "F5b": "a Python whose threads compute side by side cannot be imitated",
    "F3c": "its parser of HTTP/2 is not installed where the tests run",
    "F11b": "its servers are not installed where the tests run",
    "F64": "its servers are not installed where the tests run",
    "P9": "its package is not installed where the tests run",
    "P10": "its server is not installed where the tests run",
    "C3": "it needs a server: tests/lessons/beyond_one_process/test_servers.py has one, and plants a change",
    "S1": "it needs a server: tests/lessons/beyond_one_process/test_servers.py has one, and plants a change",
}
"""Facts that no change here reaches, and why."""


def change(*ids: str, raises: tuple[str, ...] = ()) -> Callable[[Callable[[], None]], None]:
    """Name the facts that must notice what the decorated function does.

    Args:
        ids: which facts.
        raises: the exceptions by which they may notice it, by name, instead of an answer.
    """

    def plant(make: Callable[[], None]) -> None:
        for id in ids:
            name = f"{id}, if {make.__name__.replace('_', ' ')}"
            made = fact(name, "planted", deadline=40)(after(make, id))
            PLANTED.append((made, raises))
            globals()[name] = made  # where the process that measures it looks for it

    return plant


def after(make: Callable[[], None], id: str) -> Callable[[], Seen]:
    """The experiment of a fact, after a change. A change that cannot be made does not count as noticed."""

    def measure() -> Seen:
        try:
            make()
        except BaseException as error:
            return Seen(True, f"the change could not be made: {error!r}")
        return next(one for one in find() if one.id == id).measure()

    return measure


def impatient() -> None:
    """Gates give up soon: for a change after which something waits for what does not come."""
    wait, wait_async, seconds = Gate.wait, Gate.wait_async, 0.5

    async def soon(self: Gate, timeout: float = 5) -> None:
        await wait_async(self, min(timeout, seconds))

    Gate.wait = lambda self, timeout=5: wait(self, min(timeout, seconds))
    Gate.wait_async = soon


def in_servers(text: str) -> None:
    """Run this in the Pythons that the experiment starts, before anything else."""
    folder = Path(tempfile.mkdtemp())
    (folder / "sitecustomize.py").write_text(textwrap.dedent(text), encoding="utf-8")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))


@change("A2", "B1", "B3", "F1", "F10", "F20", "F60")
def tasks_before_the_response() -> None:
    original = Response.__call__

    async def call(self, scope, receive, send):
        background, self.background = self.background, None
        if background is not None:
            await background()
        await original(self, scope, receive, send)

    Response.__call__ = call
    impatient()


@change("A3", "F7", "F19", "F56")
def tasks_side_by_side() -> None:
    async def call(self):
        await asyncio.gather(*(task() for task in self.tasks))

    BackgroundTasks.__call__ = call


@change("F10", "F11", "F13", "F14", "F21", "F23b", "F51b")
def tasks_that_do_not_fail() -> None:
    async def call(self):
        for task in self.tasks:
            with contextlib.suppress(BaseException):
                await task()

    BackgroundTasks.__call__ = call


@change("F9")
def coroutines_that_functions_return_are_awaited() -> None:
    async def call(self):
        result = await run_in_threadpool(self.func, *self.args, **self.kwargs)
        if inspect.isawaitable(result):
            await result

    BackgroundTask.__call__ = call


@change("A1", "A7", "F4", "F4b")
def async_tasks_in_threads() -> None:
    def run(self):
        result = self.func(*self.args, **self.kwargs)
        if asyncio.iscoroutine(result):
            asyncio.run(result)

    async def call(self):
        await run_in_threadpool(run, self)

    BackgroundTask.__call__ = call


@change("F26")
def arguments_are_let_go() -> None:
    async def call(self):
        while self.tasks:
            await self.tasks.pop(0)()

    BackgroundTasks.__call__ = call


@change("F6")
def more_threads() -> None:
    original = anyio.to_thread.current_default_thread_limiter

    def limiter():
        found = original()
        if found.total_tokens == 40:
            found.total_tokens = 44
        return found

    run_sync = anyio.to_thread.run_sync

    async def run(*args, **kwargs):
        limiter()
        return await run_sync(*args, **kwargs)

    anyio.to_thread.run_sync = run


@change("F11")
def the_connection_stays_open() -> None:
    async def run_asgi(self, app):
        try:
            await app(self.scope, self.receive, self.send)
        except BaseException:
            self.logger.error("Exception in ASGI application")

    RequestResponseCycle.run_asgi = run_asgi


@change("A11")
def the_server_configures_all_loggers() -> None:
    from uvicorn.config import LOGGING_CONFIG

    LOGGING_CONFIG["root"] = {"level": "INFO", "handlers": ["default"]}


@change("F29")
def each_request_has_its_own_context() -> None:
    uvicorn.Config.__init__ = functools.partialmethod(uvicorn.Config.__init__, reset_contextvars=True)


@change("F25")
def the_client_is_there_to_the_end() -> None:
    async def is_disconnected(self):
        return False

    Request.is_disconnected = is_disconnected


@change("F25c")
def the_client_of_a_test_is_gone_after_the_response() -> None:
    async def is_disconnected(self):
        return True

    Request.is_disconnected = is_disconnected


@change("F25d")
def the_body_belongs_to_the_scope() -> None:
    original = Request.body

    async def body(self):
        if "body" not in self.scope:
            self.scope["body"] = await original(self)
        return self.scope["body"]

    Request.body = body


@change("F24")
def uploads_are_closed_early() -> None:
    original = Response.__call__

    async def call(self, scope, receive, send):
        for one in gc.get_objects():
            if isinstance(one, starlette.datastructures.UploadFile):
                one.file.close()
        await original(self, scope, receive, send)

    Response.__call__ = call


@change("A4")
def results_are_handed_on() -> None:
    async def call(self):
        results = []
        for task in self.tasks:
            results.append(task.func(*task.args, *results, **task.kwargs))

    BackgroundTasks.__call__ = call


@change("B7", "F50")
def retries_have_a_limit_and_a_pause() -> None:
    original = tenacity.Retrying.__init__

    def init(self, *args, **kwargs):
        stop, wait = tenacity.stop_after_attempt(5), tenacity.wait_fixed(1)
        original(self, *args, **{"stop": stop, "wait": wait, **kwargs})

    tenacity.Retrying.__init__ = init


@change("F51")
def retries_give_the_original_error() -> None:
    tenacity.Retrying.__init__ = functools.partialmethod(tenacity.Retrying.__init__, reraise=True)


@change("F51c", raises=("ConnectionError", "RetryError"))
def a_guard_lets_errors_pass() -> None:
    from course.tasks import _guard

    _guard._Stop.__exit__ = lambda self, kind, error, trace: False


@change("F52", "F55")
def every_error_is_tried_again() -> None:
    original = tenacity.retry_if_exception_type.__init__
    tenacity.retry_if_exception_type.__init__ = lambda self, *_: original(self, Exception)


@change("F55b")
def a_callback_is_always_awaited() -> None:
    original = tenacity.Retrying.__call__

    def call(self, function, *args, **kwargs):
        value = original(self, function, *args, **kwargs)
        return asyncio.run(value) if inspect.iscoroutine(value) else value

    tenacity.Retrying.__call__ = call


@change("F53")
def there_is_jitter_at_the_maximum() -> None:
    tenacity.wait_exponential_jitter.__call__ = lambda self, _: random.uniform(0, 10)


@change("F54")
def the_pause_of_an_async_retry_blocks() -> None:
    async def sleep(seconds):
        time.sleep(seconds)

    made = tenacity.AsyncRetrying
    made.__init__ = functools.partialmethod(made.__init__, sleep=sleep)


@change("F52b")
def httpx_raises_the_errors_of_python() -> None:
    import httpx

    async def get(self, url):
        raise ConnectionRefusedError(url)

    httpx.AsyncClient.get = get


@change("F57", "F58b", raises=("RetryError",))
def a_retry_gives_up_at_once() -> None:
    tenacity.stop_after_attempt.__call__ = lambda self, _: True


@change("F58c")
def the_wait_for_a_token_is_shielded() -> None:
    from anyio._backends._asyncio import CapacityLimiter

    original = CapacityLimiter.acquire_on_behalf_of

    async def acquire_on_behalf_of(self, borrower):
        with anyio.CancelScope(shield=True):
            await original(self, borrower)

    CapacityLimiter.acquire_on_behalf_of = acquire_on_behalf_of


@change("F58")
def threads_are_given_up() -> None:
    anyio.to_thread.run_sync = functools.partial(anyio.to_thread.run_sync, abandon_on_cancel=True)


@change("A1b", "F36", raises=("KeyError",))
def base_http_middleware_steps_aside() -> None:
    from starlette.middleware.base import BaseHTTPMiddleware

    async def call(self, scope, receive, send):
        await self.app(scope, receive, send)

    BaseHTTPMiddleware.__call__ = call


@change("F40")
def patches_make_mocks_of_one_kind() -> None:
    mock._is_async_func = mock._is_async_obj = lambda _: False


@change("F42")
def test_client_gives_the_response() -> None:
    TestClient.__init__ = functools.partialmethod(TestClient.__init__, raise_server_exceptions=False)


@change("F62")
def tasks_are_not_counted() -> None:
    original = uvicorn.Config.__init__

    def init(self, *args, limit_concurrency=None, **kwargs):
        original(self, *args, **kwargs)

    uvicorn.Config.__init__ = init


@change("F70")
def the_loop_holds_its_tasks() -> None:
    original, held = asyncio.create_task, []

    def create_task(*args, **kwargs):
        held.append(original(*args, **kwargs))
        return held[-1]

    asyncio.create_task = create_task


@change("F72")
def queues_are_never_full() -> None:
    asyncio.Queue.full = lambda self: False


@change("F84", "F85", "F86")
def the_patches_of_asyncio_do_nothing() -> None:
    import nest_asyncio
    import nest_asyncio2

    nest_asyncio.apply = nest_asyncio2.apply = lambda *_: None


@change("F28")
def def_functions_run_in_the_requests_context() -> None:
    async def run_sync(function, *args, **kwargs):
        return function(*args)

    anyio.to_thread.run_sync = run_sync


@change("F8", raises=("ExceptionGroup",))
def gather_leaves_nobody_behind() -> None:
    async def gather(*coroutines, return_exceptions=False):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in coroutines]
        return [task.result() for task in tasks]

    asyncio.gather = gather


@change("F8b", raises=("BaseExceptionGroup", "CancelledError"))
def a_group_ends_with_any_of_its_tasks() -> None:
    original = asyncio.TaskGroup._on_task_done

    def ended(self, task):
        if task.cancelled() and not self._aborting:
            self._abort()
        original(self, task)

    asyncio.TaskGroup._on_task_done = ended


@change("F8e")
def wait_goes_on_when_it_is_cancelled() -> None:
    original = asyncio.wait

    async def wait(tasks, **more):
        try:
            return await original(tasks, **more)
        except asyncio.CancelledError:
            await original(tasks)
            raise

    asyncio.wait = wait


@change("F8d")
def an_await_keeps_a_cancellation_to_itself() -> None:
    original = asyncio.create_task

    async def shielded(coroutine):
        return await asyncio.shield(original(coroutine))

    asyncio.create_task = lambda coroutine, **options: original(shielded(coroutine), **options)


@change("G2", raises=("KeyError",))
def a_sorter_refuses_names_that_are_nowhere() -> None:
    original = TopologicalSorter.__init__

    def init(self, graph):
        if unknown := {name for names in graph.values() for name in names} - set(graph) - {"reserve"}:
            raise KeyError(*unknown)
        original(self, graph)

    TopologicalSorter.__init__ = init


@change("F23", raises=("KeyError",))
def a_closed_session_stays_closed() -> None:
    from sqlalchemy.orm import Session

    Session.__init__ = functools.partialmethod(Session.__init__, close_resets_only=False)


@change("F9b")
def add_task_looks_at_what_it_gets() -> None:
    original = BackgroundTasks.add_task

    def add_task(self, func, *args, **kwargs):
        if not callable(func):
            raise TypeError(func)
        original(self, func, *args, **kwargs)

    BackgroundTasks.add_task = add_task


@change("F15b", "F16")
def the_injected_tasks_win() -> None:
    original = JSONResponse.__init__

    def init(self, *args, background=None, **kwargs):
        original(self, *args, **kwargs)

    JSONResponse.__init__ = init


@change("F2b", raises=("RemoteProtocolError", "ReadError"))
def a_client_that_leaves_calls_off_its_request() -> None:
    from uvicorn.protocols.http.h11_impl import H11Protocol

    original = H11Protocol.connection_lost

    def connection_lost(self, exc):
        original(self, exc)
        for task in list(self.tasks):
            task.cancel()

    H11Protocol.connection_lost = connection_lost


@change("F2c")
def a_stream_fails_when_its_client_leaves() -> None:
    original = StreamingResponse.listen_for_disconnect

    async def listen_for_disconnect(self, receive):
        await original(self, receive)
        raise OSError

    StreamingResponse.listen_for_disconnect = listen_for_disconnect


@change("F2d")
def a_stream_ends_with_its_only_row() -> None:
    async def stream_response(self, send):
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async for chunk in self.body_iterator:
            await send({"type": "http.response.body", "body": chunk})

    StreamingResponse.stream_response = stream_response


@change("F2e")
def the_server_awaits_whenever_it_sends() -> None:
    original = RequestResponseCycle.send

    async def send(self, message):
        await asyncio.sleep(0)
        await original(self, message)

    RequestResponseCycle.send = send


@change("F2f")
def events_wait_until_they_are_sent() -> None:
    original = anyio.create_memory_object_stream

    class Unbuffered:
        def __class_getitem__(cls, _):
            return lambda max_buffer_size: original(0)

    anyio.create_memory_object_stream = Unbuffered


@change("F2g")
def events_end_before_their_tasks() -> None:
    original = StreamingResponse.__call__

    async def call(self, scope, receive, send):
        background, self.background = self.background, None
        await original(self, scope, receive, send)
        await scope["fastapi_inner_astack"].aclose()
        if background is not None:
            await background()

    StreamingResponse.__call__ = call


@change("F23g")
def a_client_keeps_no_cookies() -> None:
    httpx.Cookies.extract_cookies = lambda *_: None


@change("F28c")
def a_stream_is_sent_by_the_requests_own_task() -> None:
    async def call(self, scope, receive, send):
        await self.stream_response(send)
        if self.background is not None:
            await self.background()

    StreamingResponse.__call__ = call


@change("F15c")
def streams_are_collected_before_they_are_sent() -> None:
    original = StreamingResponse.stream_response

    async def stream_response(self, send):
        chunks = [chunk async for chunk in self.body_iterator]
        self.body_iterator = StreamingResponse(iter(chunks)).body_iterator
        await original(self, send)

    StreamingResponse.stream_response = stream_response


@change("F19d")
def a_call_of_the_tasks_only_starts_them() -> None:
    original, started = BackgroundTasks.__call__, []

    async def call(self):
        started.append(asyncio.ensure_future(original(self)))

    BackgroundTasks.__call__ = call


@change("F3b")
def idle_connections_stay_open() -> None:
    from uvicorn.protocols.http.h11_impl import H11Protocol

    H11Protocol.timeout_keep_alive_handler = lambda self: None
    original = socket.create_connection
    socket.create_connection = lambda address, timeout: original(address, timeout=1)


@change("F9c")
def arguments_are_copied() -> None:
    original = BackgroundTasks.add_task

    def add_task(self, func, *args, **kwargs):
        original(self, func, *copy.deepcopy(args), **kwargs)

    BackgroundTasks.add_task = add_task


@change("F9d")
def tasks_are_looked_through() -> None:
    import starlette.background

    original = starlette.background.is_async_callable
    starlette.background.is_async_callable = lambda function: original(inspect.unwrap(function))


@change("F16b")
def add_task_returns_the_task() -> None:
    original = BackgroundTasks.add_task

    def add_task(self, *args, **kwargs):
        original(self, *args, **kwargs)
        return self

    BackgroundTasks.add_task = add_task


@change("A7b")
def a_cache_is_a_lock() -> None:
    original, wait, lock = functools.lru_cache, threading.Barrier.wait, threading.Lock()

    def lru_cache(*args, **kwargs):
        if kwargs or not callable(args[0]):
            return original(*args, **kwargs)
        cached = original(*args)

        @functools.wraps(*args)
        def one_at_a_time(*arguments):
            with lock:
                return cached(*arguments)

        return one_at_a_time

    functools.lru_cache = lru_cache
    threading.Barrier.wait = lambda self, timeout=None: wait(self, 0.2)


@change("F28b")
def headers_are_utf_8() -> None:
    original = uvicorn.Config.load

    def load(self):
        original(self)
        app = self.loaded_app

        async def encoded(scope, receive, send):
            if "headers" in scope:
                headers = [(name, value.decode("latin-1").encode()) for name, value in scope["headers"]]
                scope = {**scope, "headers": headers}
            await app(scope, receive, send)

        self.loaded_app = encoded

    uvicorn.Config.load = load


@change("F16c")
def a_response_forgets_its_tasks() -> None:
    original = Response.__call__

    async def call(self, scope, receive, send):
        await original(self, scope, receive, send)
        self.background = None

    Response.__call__ = call


@change("F19c")
def a_list_is_emptied_by_its_call() -> None:
    original = BackgroundTasks.__call__

    async def call(self):
        await original(self)
        self.tasks.clear()

    BackgroundTasks.__call__ = call


@change("F23d")
def any_thread_may_use_a_connection() -> None:
    import sqlite3

    sqlite3.connect = functools.partial(sqlite3.connect, check_same_thread=False)


@change("F23d")
def a_mail_may_begin_within_another() -> None:
    from aiosmtpd.smtp import SMTP

    original = SMTP.smtp_MAIL

    async def mail(self, arg):
        self._set_rset_state()
        await original(self, arg)

    SMTP.smtp_MAIL = mail


@change("F23c", "F23e")
def a_rollback_takes_nothing_of_others() -> None:
    from sqlalchemy.orm import Session

    Session.rollback = lambda self: None


@change("F25b")
def the_body_of_a_form_is_kept() -> None:
    original = Request._get_form

    async def get_form(self, **kwargs):
        await self.body()
        return await original(self, **kwargs)

    Request._get_form = get_form


@change("F52c")
def a_broken_answer_was_never_begun() -> None:
    import course.tasks._transient as table

    table._RULES["httpx"]["RemoteProtocolError"] = True


@change("B11")
def managers_share_their_threads() -> None:
    from course.tasks import _manager

    original = functools.lru_cache(_manager.Threads)
    _manager.Threads = lambda limit: original(limit)


@change("F5g", "F5h")
def asyncio_run_finds_the_loop_of_the_server() -> None:
    async def wait_for(coroutine):
        return await coroutine

    asyncio.run = lambda coroutine: anyio.from_thread.run(wait_for, coroutine)
    impatient()


@change("F5l")
def a_loop_notices_what_other_threads_do() -> None:
    asyncio.BaseEventLoop.call_soon = asyncio.BaseEventLoop.call_soon_threadsafe


@change("F5f")
def spawn_leaves_the_main_script_alone() -> None:
    in_servers("""
        import multiprocessing.spawn

        multiprocessing.spawn._fixup_main_from_path = lambda path: None
    """)


@change("F5e")
def a_broken_pool_heals() -> None:
    from concurrent.futures import ProcessPoolExecutor

    from course.facts import loop

    class Healing(ProcessPoolExecutor):
        def submit(self, function, /, *args):
            healthy = ProcessPoolExecutor(1, mp_context=self._mp_context) if self._broken else super()
            return healthy.submit(function, *args)

    loop.ProcessPoolExecutor = Healing


@change("F82")
def servers_bring_a_thread() -> None:
    original = uvicorn.Server.serve

    async def serve(self, sockets=None):
        await asyncio.to_thread(asyncio.run, original(self, sockets))

    uvicorn.Server.serve = serve


@change("F2")
def a_response_is_sent_when_the_client_has_read_it() -> None:
    original = RequestResponseCycle.send

    async def send(self, message):
        await original(self, message)
        while self.transport.get_write_buffer_size():
            await asyncio.sleep(0.005)

    RequestResponseCycle.send = send
    impatient()


@change("F3", raises=("RemoteProtocolError", "ReadError"))
def a_connection_goes_on_when_the_tasks_have_ended() -> None:
    original = RequestResponseCycle.run_asgi

    async def run_asgi(self, app):
        goes_on, self.on_response = self.on_response, lambda: None
        await original(self, app)
        goes_on()

    RequestResponseCycle.run_asgi = run_asgi
    impatient()


@change("B2", "F73", raises=("RemoteProtocolError", "ReadError"))
def tasks_of_all_requests_stand_in_one_line() -> None:
    original, locks = BackgroundTasks.__call__, []

    async def call(self):
        locks[:] = locks or [asyncio.Lock()]
        async with locks[0]:
            await original(self)

    BackgroundTasks.__call__ = call
    impatient()


@change("F41")
def tasks_are_left_to_themselves() -> None:
    original, kept = Response.__call__, []

    async def call(self, scope, receive, send):
        background, self.background = self.background, None
        await original(self, scope, receive, send)
        if background is not None:
            kept.append(asyncio.create_task(background()))

    Response.__call__ = call


@change("B8", "F19b", "F27")
def tasks_are_forgotten() -> None:
    async def call(self):
        pass

    BackgroundTasks.__call__ = call


@change("F15", "F20c")
def tasks_run_when_they_are_added() -> None:
    def add_task(self, func, *args, **kwargs):
        func(*args, **kwargs)

    BackgroundTasks.add_task = add_task


@change("F17")
def each_dependency_has_tasks_of_its_own() -> None:
    from fastapi.dependencies import utils

    original = utils.solve_dependencies

    async def solve_dependencies(*, background_tasks=None, **kwargs):
        return await original(**kwargs)

    utils.solve_dependencies = solve_dependencies


@change("F18")
def tasks_of_the_class_of_starlette_are_injected() -> None:
    from fastapi.dependencies import utils

    utils.BackgroundTasks = StarletteBackgroundTasks


@change("F20b", "F20d", "F22", "F22b")
def there_is_one_scope() -> None:
    from fastapi.params import Depends

    original = Depends.__post_init__

    def post_init(self):
        object.__setattr__(self, "scope", None)
        original(self)

    Depends.__post_init__ = post_init


@change("F22")
def a_pool_grows() -> None:
    from sqlalchemy import QueuePool

    QueuePool._max_overflow = property(lambda self: 10, lambda self, _: None)


@change("F27")
def a_response_that_was_sent_cannot_be_changed() -> None:
    original = starlette.datastructures.MutableHeaders.__setitem__

    def setitem(self, key, value):
        if key == "x-late":
            raise RuntimeError(key)
        original(self, key, value)

    starlette.datastructures.MutableHeaders.__setitem__ = setitem


@change("A9", "F40")
def functions_are_looked_up_by_name_when_they_run() -> None:
    original = BackgroundTasks.add_task

    def add_task(self, func, *args, **kwargs):
        real = getattr(func, "func", func)
        module = sys.modules.get(getattr(real, "__module__", None))
        original(self, getattr(module, getattr(real, "__name__", ""), func), *args, **kwargs)

    BackgroundTasks.add_task = add_task


@change("F40b")
def a_patched_dictionary_keeps_what_others_have_added() -> None:
    def unpatch(self):
        for key in self.values:
            self.in_dict.pop(key, None)
        self.in_dict.update({key: value for key, value in self._original.items() if key in self.values})

    mock._patch_dict._unpatch_dict = unpatch


@change("F12")
def guards_let_everything_through() -> None:
    from course.facts import errors

    errors.guarded = lambda task: task


@change("F43")
def all_test_clients_have_one_loop() -> None:
    running = anyio.from_thread.start_blocking_portal()
    portal = running.__enter__()

    @contextlib.contextmanager
    def factory(self):
        yield portal

    TestClient._portal_factory, TestClient.kept = factory, running  # it ends when nobody holds it


@change("F44")
def infos_are_let_through() -> None:
    logging.getLogger().setLevel(logging.INFO)


@change("F44b")
def each_test_has_a_handler_of_its_own() -> None:
    from _pytest.logging import LogCaptureHandler

    original = LogCaptureHandler.reset

    def reset(self):
        original(self)
        self.filters.clear()

    LogCaptureHandler.reset = reset


@change("F44c")
def the_root_logger_filters_every_record() -> None:
    original = logging.Logger.callHandlers

    def call_handlers(self, record):
        logging.getLogger().filter(record)
        original(self, record)

    logging.Logger.callHandlers = call_handlers


@change("F60c")
def spans_of_tasks_have_no_function() -> None:
    import fastapi.background

    operation = fastapi.background._operation
    fastapi.background._operation = lambda name, function: operation(name=name)


@change("F60e")
def types_of_errors_have_no_module() -> None:
    from fastapi.telemetry import _api

    _api._exception_type = lambda error: type(error).__name__


@change("F60d")
def no_header_is_read() -> None:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    TraceContextTextMapPropagator.extract = lambda self, carrier, context=None, getter=None: context


@change("F60b")
def spans_keep_errors_to_themselves() -> None:
    from opentelemetry.sdk.trace import Span

    original = Span.set_attribute
    Span.set_attribute = lambda self, key, value: key == "error.type" or original(self, key, value)


@change("F87")
def the_lax_judge_compares_all_the_same() -> None:
    run = subprocess.run

    def strict(command, **options):
        return run([one.replace("--nbval-lax", "--nbval") for one in command], **options)

    subprocess.run = strict


@change("F87b")
def the_judge_takes_every_cell_for_one_that_was_run() -> None:
    run = subprocess.run

    def counted(command, cwd, **options):
        notebook = Path(cwd, "small.ipynb")
        text = notebook.read_text("utf-8").replace('"execution_count": null', '"execution_count": 1')
        notebook.write_text(text, "utf-8")
        return run(command, cwd=cwd, **options)

    subprocess.run = counted


@change("F80")
def test_client_stays_in_its_thread() -> None:
    @contextlib.contextmanager
    def factory(self):
        yield SimpleNamespace(call=anyio.run)

    TestClient._portal_factory = factory


@change("F81")
def kernels_patch_asyncio() -> None:
    original = OtherKernel.run

    def run(self, code, **kwargs):
        return original(self, f"import nest_asyncio2\nnest_asyncio2.apply()\n{code}", **kwargs)

    OtherKernel.run = run


@change("F81b")
def threads_of_a_kernel_run_on_its_loop() -> None:
    here = "async def to_thread(f, *args): return f(*args)\nimport asyncio; asyncio.to_thread = to_thread\n"
    original = OtherKernel.run
    OtherKernel.run = lambda self, code, **kwargs: original(self, here + code, **kwargs)


@change("F71")
def a_group_that_has_ended_takes_tasks() -> None:
    original = asyncio.TaskGroup.create_task

    def create_task(self, coroutine, **kwargs):
        if self._exiting:
            return asyncio.get_running_loop().create_task(coroutine)
        return original(self, coroutine, **kwargs)

    asyncio.TaskGroup.create_task = create_task


@change("F5c")
def pools_have_threads() -> None:
    from concurrent.futures import ThreadPoolExecutor

    from course.facts import loop

    loop.ProcessPoolExecutor = lambda workers, mp_context: ThreadPoolExecutor(workers)


@change("F5d")
def processes_start_in_another_way() -> None:
    import multiprocessing

    (first, *_), other = multiprocessing.get_all_start_methods(), {"fork": "spawn"}
    multiprocessing.get_all_start_methods = lambda: [other.get(first, "fork")]


@change("B4")
def numbers_become_names() -> None:
    from course.facts import published

    class Lenient(published._TaskDependency):
        model_config = pydantic.ConfigDict(coerce_numbers_to_str=True)

    published._TaskDependency = Lenient


@change("B10")
def the_invented_message_is_there() -> None:
    from course.facts import published

    original, file = published.find_spec, Path(tempfile.mkdtemp()) / "__init__.py"
    file.write_text('raise RuntimeError("No response object found")')

    def find_spec(name):
        return SimpleNamespace(origin=file) if name == "anyio" else original(name)

    published.find_spec = find_spec


@change("G1")
def a_cycle_is_named_backwards() -> None:
    original = TopologicalSorter._find_cycle
    TopologicalSorter._find_cycle = lambda self: (original(self) or [])[::-1]


@change("F59")
def a_server_waits_for_no_task() -> None:
    from course.facts import process

    def too_late() -> None:
        raise NotImplementedError("the first of the three ends has shown nothing")

    process._order_with_a_limit = process._two_interrupts = too_late
    in_servers(
        """
        import uvicorn
        original = uvicorn.Config.__init__
        def init(self, *args, **kwargs):
            original(self, *args, **{**kwargs, "timeout_graceful_shutdown": 0})
        uvicorn.Config.__init__ = init
        """
    )


@change("F61")
def workers_have_one_memory() -> None:
    in_servers(
        """
        import os
        from pathlib import Path
        import uvicorn.importer
        class Shared(dict):
            def __setitem__(self, name, job):
                super().__setitem__(name, job)
                Path(os.environ["FOLDER"], name).touch()
            def __contains__(self, name):
                return Path(os.environ["FOLDER"], name).exists()
        original = uvicorn.importer.import_from_string
        def import_from_string(name):
            app = original(name)
            from course.facts import _served
            _served.jobs = Shared()
            return app
        import uvicorn.config
        uvicorn.config.import_from_string = import_from_string
        """
    )


@change("F62b")
def the_connection_that_asks_does_not_count() -> None:
    original = uvicorn.Config.__init__

    def init(self, *args, limit_concurrency=None, **options):
        original(self, *args, limit_concurrency=limit_concurrency and limit_concurrency + 1, **options)

    uvicorn.Config.__init__ = init


@change("F63", raises=("TypeError",))
def what_is_written_is_lost_with_the_process() -> None:
    in_servers(
        """
        import sqlite3
        original = sqlite3.connect
        def connect(*args, isolation_level, **kwargs):
            return original(*args, **kwargs)
        sqlite3.connect = connect
        """
    )


@change("A10")
def a_reload_waits_for_nobody() -> None:
    in_servers(
        """
        from uvicorn.supervisors.basereload import BaseReload, logger
        original = BaseReload.restart
        def restart(self):
            self.process.kill()
            logger.info("Waiting for background tasks to complete, says nobody.")
            original(self)
        BaseReload.restart = restart
        """
    )


@change("D1")
def durable_steps_are_functions() -> None:
    from dbos import DBOS

    DBOS.step = staticmethod(lambda: lambda function: function)


@change("D2")
def everybody_takes_up_what_is_left() -> None:
    from course.facts import engines

    original = engines._Engine.__init__
    engines._Engine.__init__ = lambda self, folder, executor, version, dies: original(
        self, folder, "worker-1", "1", dies
    )


@change("C1")
def messages_are_acknowledged_late() -> None:
    import celery

    original = celery.Celery.__init__

    def init(self, *args, **kwargs):
        original(self, *args, **kwargs)
        self.conf.task_acks_late = True

    celery.Celery.__init__ = init


@change("C2")
def rejected_messages_are_lost() -> None:
    in_servers(
        """
        import sys
        if "celery" in sys.argv:
            from celery.worker.request import Request
            def reject(self, requeue=False):
                self.acknowledge()
                print("succeeded, says nobody")
            Request.reject = reject
        """
    )


@change("D3")
def a_process_takes_as_many_as_there_are() -> None:
    in_servers(
        """
        from dbos import DBOS
        original = DBOS.register_queue_async
        async def register(*args, worker_concurrency=None, **options):
            return await original(*args, **options)
        DBOS.register_queue_async = staticmethod(register)
        """
    )


@change("D3b", raises=("ProcessTimeout",))
def everybody_has_the_same_name() -> None:
    in_servers(
        """
        import os
        if "EXECUTOR" in os.environ:
            os.environ["EXECUTOR"] = "one"
        """
    )


@change("D4")
def every_version_is_the_same() -> None:
    from dbos._dbos import DBOSRegistry

    DBOSRegistry.compute_app_version = lambda self, app_name: "0" * 32


@change("P1")
def the_lifespan_has_a_limit() -> None:
    in_servers(
        """
        import asyncio
        import contextlib
        from uvicorn.lifespan.on import LifespanOn
        original = LifespanOn.shutdown
        async def shutdown(self):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(original(self), 0.5)
        LifespanOn.shutdown = shutdown
        """
    )


@change("P1b")
def a_cancelled_task_is_waited_for() -> None:
    in_servers(
        """
        import asyncio
        from uvicorn import Server
        original = Server.shutdown
        async def shutdown(self, sockets=None):
            tasks = list(self.server_state.tasks)
            await original(self, sockets)
            await asyncio.gather(*tasks, return_exceptions=True)
        Server.shutdown = shutdown
        """
    )


@change("P2")
def every_script_ends_with_exec() -> None:
    shell = Path(tempfile.mkdtemp()) / "sh"
    shell.write_text('#!/bin/sh\nread -r line < "$1"\neval "exec ${line#exec }"\n', encoding="utf-8")
    shell.chmod(0o700)
    os.environ["PATH"] = os.pathsep.join([str(shell.parent), os.environ["PATH"]])


@change("P2b", raises=("ProcessTimeout",))
def process_one_dies_as_every_other() -> None:
    in_servers(
        """
        import os
        import signal
        signal.raise_signal = lambda number: os.kill(os.getpid(), signal.SIGKILL)
        """
    )


@change("P3")
def what_is_frozen_goes_on() -> None:
    from course.live.process import Process

    Process.freeze = lambda self: None


@change("P4")
def a_key_lets_everybody_in() -> None:
    in_servers(
        """
        import sqlite3
        class Lenient(sqlite3.Connection):
            def execute(self, statement, *values):
                return super().execute(statement.replace("OR IGNORE", "OR REPLACE"), *values)
        original = sqlite3.connect
        sqlite3.connect = lambda *args, **kwargs: original(*args, factory=Lenient, **kwargs)
        """
    )


@change("P5")
def idle_connections_stay_longer() -> None:
    original = uvicorn.Config.__init__

    def init(self, *args, timeout_keep_alive=75, **kwargs):
        original(self, *args, timeout_keep_alive=timeout_keep_alive, **kwargs)

    uvicorn.Config.__init__ = init


@change("P6")
def a_relay_has_no_guard() -> None:
    from course.lessons.beyond_one_process import outbox

    outbox.relay = outbox.as_often_written


@change("P7")
def to_thread_stays_in_the_loop() -> None:
    async def to_thread(function, *args, **kwargs):
        return function(*args, **kwargs)

    asyncio.to_thread = to_thread


@change("P11")
def a_letter_has_one_deadline() -> None:
    connected, replied = smtplib.SMTP.connect, smtplib.SMTP.getreply

    def connect(self, *args, **kwargs):
        self.deadline = time.monotonic() + self.timeout
        return connected(self, *args, **kwargs)

    def getreply(self):
        said = replied(self)
        if time.monotonic() > self.deadline:
            raise TimeoutError
        return said

    smtplib.SMTP.connect, smtplib.SMTP.getreply = connect, getreply


@change("P8")
def a_recycled_server_waits_for_no_task() -> None:
    in_servers(
        """
        import uvicorn
        original = uvicorn.Config.__init__
        def init(self, *args, **kwargs):
            original(self, *args, **{**kwargs, "timeout_graceful_shutdown": 0})
        uvicorn.Config.__init__ = init
        """
    )


@change("F15d")
def a_file_keeps_its_tasks_for_every_range() -> None:
    original = FileResponse.__call__

    async def call(self, scope, receive, send):
        background, self.background = self.background, None
        await original(self, scope, receive, send)
        if background is not None:
            await background()

    FileResponse.__call__ = call


@change("F15e")
def tasks_behind_a_middleware_are_dropped() -> None:
    original = BaseHTTPMiddleware.__call__

    async def call(self, scope, receive, send):
        async def nothing(self):
            pass

        with mock.patch.object(BackgroundTasks, "__call__", nothing):
            await original(self, scope, receive, send)

    BaseHTTPMiddleware.__call__ = call


@change("F15f")
def the_page_of_debug_comes_after_the_handler() -> None:
    original = ServerErrorMiddleware.__init__

    def init(self, app, handler=None, debug=False):
        original(self, app, handler=handler, debug=False)

    ServerErrorMiddleware.__init__ = init


@change("F5i")
def workers_ignore_signals() -> None:
    from concurrent.futures import ProcessPoolExecutor

    from course.facts import loop

    class Ignoring(ProcessPoolExecutor):
        def __init__(self, workers, *, mp_context, initializer):
            ignore = functools.partial(signal.signal, signal.SIGINT, signal.SIG_IGN)
            super().__init__(workers, mp_context=mp_context, initializer=initializer or ignore)

    loop.ProcessPoolExecutor = Ignoring


@change("F5k")
def a_pool_watches_every_worker() -> None:
    from concurrent.futures import ProcessPoolExecutor

    submit = ProcessPoolExecutor.submit

    def watched(self, function, *args):
        job = submit(self, function, *args)
        self._executor_manager_thread_wakeup.wakeup()
        return job

    ProcessPoolExecutor.submit = watched


@change("F5j")
def each_call_has_a_token_of_its_own() -> None:
    from course.facts import loop

    async def run_in_threadpool(function, *args):
        return await anyio.to_thread.run_sync(function, *args, limiter=anyio.CapacityLimiter(1))

    loop.run_in_threadpool = run_in_threadpool


@change("F8c")
def a_client_opens_more_connections() -> None:
    more = httpx.Limits(max_connections=105)
    httpx.AsyncClient.__init__ = functools.partialmethod(httpx.AsyncClient.__init__, limits=more)


@change("F58d")
def the_time_out_counts_the_name_too() -> None:
    def create_connection(*_, **__):
        raise TimeoutError("timed out")

    socket.create_connection = create_connection


@change("F58e")
def requests_leaves_the_body_to_its_reader() -> None:
    import requests

    requests.Response.content = property(lambda self: b"")


@change("F84b")
def the_patch_knows_the_loop_factory() -> None:
    import nest_asyncio

    def run(main, *, debug=None, loop_factory=None):
        return asyncio.new_event_loop().run_until_complete(main)

    asyncio.run, nest_asyncio.apply = run, lambda *_: None


@change("F23f")
def headers_may_have_line_breaks() -> None:
    from email.message import Message

    from course.facts import resources

    resources.EmailMessage = Message
