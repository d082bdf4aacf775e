"""Each fact must notice when the library behaves in another way: the change is made where it is measured."""

from __future__ import annotations

import textwrap

import pytest

from course.facts import find, measure
from tests.facts.conftest import Invent

# What a later release might do, and the facts that must notice. The text runs in the experiment's process.
CHANGES = {
    "tasks before the response": (
        """
        from starlette.responses import Response
        original = Response.__call__
        async def call(self, scope, receive, send):
            background, self.background = self.background, None
            if background is not None:
                await background()
            await original(self, scope, receive, send)
        Response.__call__ = call
        """,
        ["B1", "B3", "F1", "F10", "F20", "F25", "F60"],
    ),
    "tasks side by side": (
        """
        import asyncio
        from fastapi import BackgroundTasks
        async def call(self):
            await asyncio.gather(*(task() for task in self.tasks))
        BackgroundTasks.__call__ = call
        """,
        ["A3", "F7", "F19", "F56"],
    ),
    "tasks that do not fail": (
        """
        import contextlib
        from fastapi import BackgroundTasks
        async def call(self):
            for task in self.tasks:
                with contextlib.suppress(BaseException):
                    await task()
        BackgroundTasks.__call__ = call
        """,
        ["F10", "F11", "F13", "F14", "F21", "F23b"],
    ),
    "coroutines that functions return are awaited": (
        """
        import inspect
        from starlette.background import BackgroundTask
        from starlette.concurrency import run_in_threadpool
        async def call(self):
            result = await run_in_threadpool(self.func, *self.args, **self.kwargs)
            if inspect.isawaitable(result):
                await result
        BackgroundTask.__call__ = call
        """,
        ["F9"],
    ),
    "async tasks in threads": (
        """
        import asyncio
        from starlette.background import BackgroundTask
        from starlette.concurrency import run_in_threadpool
        def run(self):
            result = self.func(*self.args, **self.kwargs)
            if asyncio.iscoroutine(result):
                asyncio.run(result)
        async def call(self):
            await run_in_threadpool(run, self)
        BackgroundTask.__call__ = call
        """,
        ["A1", "A7", "F4"],
    ),
    "arguments are let go": (
        """
        from fastapi import BackgroundTasks
        async def call(self):
            while self.tasks:
                await self.tasks.pop(0)()
        BackgroundTasks.__call__ = call
        """,
        ["F26"],
    ),
    "more threads": (
        """
        import anyio.to_thread
        original = anyio.to_thread.current_default_thread_limiter
        def limiter():
            found = original()
            if found.total_tokens == 40:
                found.total_tokens = 44
            return found
        import starlette.concurrency
        run_sync = anyio.to_thread.run_sync
        async def run(*args, **kwargs):
            limiter()
            return await run_sync(*args, **kwargs)
        anyio.to_thread.run_sync = run
        """,
        ["F6"],
    ),
    "the connection stays open": (
        """
        from uvicorn.protocols.http.h11_impl import RequestResponseCycle
        async def run_asgi(self, app):
            try:
                await app(self.scope, self.receive, self.send)
            except BaseException:
                self.logger.error("Exception in ASGI application")
        RequestResponseCycle.run_asgi = run_asgi
        """,
        ["F11"],
    ),
    "the server configures all loggers": (
        """
        from uvicorn.config import LOGGING_CONFIG
        LOGGING_CONFIG["root"] = {"level": "INFO", "handlers": ["default"]}
        """,
        ["A11"],
    ),
    "each request has its own context": (
        """
        import functools, uvicorn
        uvicorn.Config.__init__ = functools.partialmethod(uvicorn.Config.__init__, reset_contextvars=True)
        """,
        ["F29"],
    ),
    "the client is there to the end": (
        """
        from starlette.requests import Request
        async def is_disconnected(self):
            return False
        Request.is_disconnected = is_disconnected
        """,
        ["F25"],
    ),
    "uploads are closed early": (
        """
        from fastapi import UploadFile
        from starlette.responses import Response
        import starlette.datastructures, gc
        original = Response.__call__
        async def call(self, scope, receive, send):
            for one in gc.get_objects():
                if isinstance(one, starlette.datastructures.UploadFile):
                    one.file.close()
            await original(self, scope, receive, send)
        Response.__call__ = call
        """,
        ["F24"],
    ),
    "results are handed on": (
        """
        from fastapi import BackgroundTasks
        async def call(self):
            results = []
            for task in self.tasks:
                results.append(task.func(*task.args, *results, **task.kwargs))
        BackgroundTasks.__call__ = call
        """,
        ["A4"],
    ),
    "retries have a limit and a pause": (
        """
        import functools, tenacity
        original = tenacity.Retrying.__init__
        def init(self, *args, **kwargs):
            stop, wait = tenacity.stop_after_attempt(5), tenacity.wait_fixed(1)
            original(self, *args, **{"stop": stop, "wait": wait, **kwargs})
        tenacity.Retrying.__init__ = init
        """,
        ["B7", "F50"],
    ),
    "retries give the original error": (
        """
        import functools, tenacity
        tenacity.Retrying.__init__ = functools.partialmethod(tenacity.Retrying.__init__, reraise=True)
        """,
        ["F51"],
    ),
    "every error is tried again": (
        """
        import tenacity
        original = tenacity.retry_if_exception_type.__init__
        tenacity.retry_if_exception_type.__init__ = lambda self, *_: original(self, Exception)
        """,
        ["F52", "F55"],
    ),
    "there is jitter at the maximum": (
        """
        import random, tenacity
        tenacity.wait_exponential_jitter.__call__ = lambda self, _: random.uniform(0, 10)
        """,
        ["F53"],
    ),
    "the pause of an async retry blocks": (
        """
        import functools, tenacity, time
        async def sleep(seconds):
            time.sleep(seconds)
        made = tenacity.AsyncRetrying
        made.__init__ = functools.partialmethod(made.__init__, sleep=sleep)
        """,
        ["F54"],
    ),
    "a retry gives up at once": (
        """
        import tenacity
        tenacity.stop_after_attempt.__call__ = lambda self, _: True
        """,
        ["F57"],
    ),
    "threads are given up": (
        """
        import anyio.to_thread, functools
        anyio.to_thread.run_sync = functools.partial(anyio.to_thread.run_sync, abandon_on_cancel=True)
        """,
        ["F58"],
    ),
    "BaseHTTPMiddleware steps aside": (
        """
        from starlette.middleware.base import BaseHTTPMiddleware
        async def call(self, scope, receive, send):
            await self.app(scope, receive, send)
        BaseHTTPMiddleware.__call__ = call
        """,
        ["F36"],
    ),
    "patches make mocks of one kind": (
        """
        from unittest import mock
        mock._is_async_func = mock._is_async_obj = lambda _: False
        """,
        ["F40"],
    ),
    "TestClient gives the response": (
        """
        import functools
        from starlette.testclient import TestClient
        TestClient.__init__ = functools.partialmethod(TestClient.__init__, raise_server_exceptions=False)
        """,
        ["F42"],
    ),
    "tasks are not counted": (
        """
        import uvicorn
        original = uvicorn.Config.__init__
        def init(self, *args, limit_concurrency=None, **kwargs):
            original(self, *args, **kwargs)
        uvicorn.Config.__init__ = init
        """,
        ["F62"],
    ),
    "the loop holds its tasks": (
        """
        import asyncio
        original, held = asyncio.create_task, []
        def create_task(*args, **kwargs):
            held.append(original(*args, **kwargs))
            return held[-1]
        asyncio.create_task = create_task
        """,
        ["F70"],
    ),
    "queues are never full": (
        """
        import asyncio
        asyncio.Queue.full = lambda self: False
        """,
        ["F72"],
    ),
    "the patches of asyncio do nothing": (
        """
        import nest_asyncio, nest_asyncio2
        nest_asyncio.apply = nest_asyncio2.apply = lambda *_: None
        """,
        ["F84", "F85", "F86"],
    ),
    "def functions run in the request's context": (
        """
        import anyio.to_thread
        async def run_sync(function, *args, **kwargs):
            return function(*args)
        anyio.to_thread.run_sync = run_sync
        """,
        ["F28"],
    ),
    "gather leaves nobody behind": (
        """
        import asyncio
        async def gather(*coroutines, return_exceptions=False):
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one) for one in coroutines]
            return [task.result() for task in tasks]
        asyncio.gather = gather
        """,
        ["F8"],
    ),
    "a sorter refuses names that are nowhere": (
        """
        from graphlib import TopologicalSorter
        original = TopologicalSorter.__init__
        def init(self, graph):
            if unknown := {name for names in graph.values() for name in names} - set(graph) - {"reserve"}:
                raise KeyError(*unknown)
            original(self, graph)
        TopologicalSorter.__init__ = init
        """,
        ["G2"],
    ),
    "a closed session stays closed": (
        """
        import functools
        from sqlalchemy.orm import Session
        Session.__init__ = functools.partialmethod(Session.__init__, close_resets_only=False)
        """,
        ["F23"],
    ),
    "add_task looks at what it gets": (
        """
        from fastapi import BackgroundTasks
        original = BackgroundTasks.add_task
        def add_task(self, func, *args, **kwargs):
            if not callable(func):
                raise TypeError(func)
            original(self, func, *args, **kwargs)
        BackgroundTasks.add_task = add_task
        """,
        ["F9b"],
    ),
    "the injected tasks win": (
        """
        import fastapi.routing
        from starlette.responses import JSONResponse
        original = JSONResponse.__init__
        def init(self, *args, background=None, **kwargs):
            original(self, *args, **kwargs)
        JSONResponse.__init__ = init
        """,
        ["F16"],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_noticed(invent: Invent, change: str) -> None:
    text, ids = CHANGES[change]
    modules = {fact.id: fact.measure.__module__ for fact in find()}
    made = ""
    for id in ids:
        made += (
            f"@fact({id!r}, 'planted', deadline=40)\ndef planted_{id}():\n    import {modules[id]} as theme\n"
        )
        made += textwrap.indent(textwrap.dedent(text), "    ")
        made += (
            f"    return next(f for f in vars(theme).values() if getattr(f, 'id', 0) == {id!r}).measure()\n"
        )
    results = measure(invent(made), jobs=2)
    assert len(results) == len(ids)
    assert not [f"{one.fact.id}: {one.evidence}" for one in results if one.verdict == "holds"]
