"""The server's thread: uvicorn on an event loop of its own, which starts and stops in milliseconds.

It can also be killed, with every thread that its app's code started.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import math
import threading
import time
import weakref
from typing import Any

import anyio.to_thread
import uvicorn
from starlette.types import ASGIApp

from course.live import _hooks
from course.live._recorder import Here, Recorder, _here, belongs_to
from course.live.loops import close, listen, new_loop
from course.live.quiet import limit, pause
from course.live.threads import (
    do_not_wait_for,
    is_idle_in_executor,
    is_worker,
    raise_in,
    stop_worker,
    thread_frames,
)
from course.tasks import describe
from course.words import say

_QUIET = 5  # the number of ticks that are noted after the last thing has ended
_FIRM = 0.5  # seconds that a cancelled task has to end
_PERIOD = 0.05  # seconds between two attempts to end a thread
_PATIENCE = 0.1  # seconds in which a loop that is not stuck answers


class Engine:
    """The thread, its loop and its server. Has no reference to the `Server` that the notebook holds."""

    def __init__(self, app: ASGIApp, recorder: Recorder, pulse: float | None, threads: int | None) -> None:
        self.recorder = recorder
        self.error: BaseException | None = None
        self.started = threading.Event()  # or failed to
        self.ended = threading.Event()
        self.in_loop = False  # the app's code may be running on the server's thread
        self.loop: asyncio.AbstractEventLoop | None = None
        self.stopping = False
        self.given_up = False  # `kill` has tried everything to end it
        self._main: asyncio.Task[Any] | None = None
        self._pulse = pulse
        self._threads = threads
        self._socket = listen(backlog=2048)
        self.port: int = self._socket.getsockname()[1]
        self._app = _hooks.Recorded(app, recorder)
        self.thread = threading.Thread(target=self._run, name="bench server", daemon=True)
        belongs_to(self.thread, Here(recorder))

    def start(self) -> None:
        """Start the thread; `started` is set when the app answers or has failed."""
        _hooks.install(self)
        try:
            self._uvicorn = _Uvicorn(self._configured(), weakref.proxy(self))
            self.thread.start()
        except BaseException:
            self.unhook()
            self._socket.close()
            raise

    def _configured(self) -> uvicorn.Config:
        """With the hooks in place, because this changes loggers."""
        return uvicorn.Config(
            self._app,
            http="h11",
            log_config=None,
            access_log=False,
            timeout_keep_alive=600,
            lifespan="auto",
        )

    def ask_to_stop(self, grace: float, firm: float = _FIRM) -> None:
        """Stop: what is running has `grace` seconds to end, and `firm` more when it is cancelled then."""
        self._uvicorn.grace = min(grace, self._uvicorn.grace) if self.stopping else grace
        self._uvicorn.firm = firm
        self._uvicorn.should_exit = True
        self.stopping = True
        loop = self.loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # it has just been closed
                loop.call_soon_threadsafe(self._notice_stop)

    def ask_for_a_sign(self) -> threading.Event:
        """An event that the loop sets, unless it is stuck."""
        sign = threading.Event()
        loop = self.loop
        with contextlib.suppress(RuntimeError):  # it is closed and cannot answer
            if loop is not None:
                loop.call_soon_threadsafe(sign.set)
        return sign

    def close_socket(self) -> None:
        """Release the port, even if the thread is stuck."""
        self._socket.close()

    # killing

    def busy_workers(self) -> list[threading.Thread]:
        """The worker threads that are still at work although the server has ended."""
        workers = [thread for thread in self.recorder.threads() if is_worker(thread)]
        for thread in workers:
            stop_worker(thread)
            thread.join(_PERIOD / len(workers))
        return [thread for thread in workers if thread.is_alive()]

    def kill(self, deadline: float) -> list[str]:
        """End the server and everything that its app's code started; see `Server.kill`."""
        killer = object()
        _hooks.install(killer)  # what the threads that outlive the server log goes through them
        try:
            return self._kill(deadline)
        finally:
            self.given_up = True
            _hooks.uninstall(killer)

    def _kill(self, deadline: float) -> list[str]:
        end = time.monotonic() + deadline
        self.recorder.closing = True
        self.ask_to_stop(grace=0, firm=min(0.2, deadline / 8))
        sign, patience = self.ask_for_a_sign(), time.monotonic() + min(_PATIENCE, deadline / 4)
        polite = time.monotonic() + min(0.5, deadline / 4)
        while (alive := self._alive()) and time.monotonic() < end:
            insist = time.monotonic() >= polite
            if sign.is_set():
                sign, patience = self.ask_for_a_sign(), time.monotonic() + _PATIENCE
            elif self.in_loop and time.monotonic() >= patience:
                raise_in(self.thread, insist)
            for thread in alive:
                if thread is not self.thread:
                    raise_in(thread, insist)
            with contextlib.suppress(RuntimeError):  # it was about to start
                alive[0].join(max(0.0, min(_PERIOD, end - time.monotonic())))
        self.finish()
        if not self.thread.is_alive():
            self.unhook()  # once more: the thread may have been ended in the middle of that
        for thread in alive:
            raise_in(thread)  # it ends as soon as it leaves its call into C
            do_not_wait_for(thread)
        return sorted(thread.name for thread in alive)

    def _alive(self) -> list[threading.Thread]:
        """The server's thread and those that its code started, without those that only wait for work."""
        threads = [self.thread] if self.thread.is_alive() else []
        frames = thread_frames()
        for thread in self.recorder.threads():
            if not threads:
                stop_worker(thread)
            frame = frames.get(thread.ident or 0)
            if thread is not threading.current_thread() and not is_idle_in_executor(frame):
                threads.append(thread)
        return threads

    # in the thread

    def _notice_stop(self) -> None:
        self._uvicorn.wake.set()
        if not self.started.is_set() and self._main is not None:
            self._main.cancel()  # it waits for the app to start

    def _run(self) -> None:
        recorder = self.recorder
        _here.set(Here(recorder))
        recorder.loop_thread = threading.get_ident()
        loop = self.loop = new_loop()
        loop.set_exception_handler(lambda _, context: _hooks.log_unhandled(recorder, context))
        try:
            self.in_loop = True
            # Not asyncio.run nor uvicorn's run: nest_asyncio may have replaced what they build on.
            loop.run_until_complete(self._serve())
        except BaseException as error:
            self.error = error
            if not self.stopping:
                recorder.log.append(say("The server has ended by itself: {error}.", error=describe(error)))
        finally:
            with contextlib.suppress(BaseException):
                loop.run_until_complete(self._cancel_rest(self._uvicorn.firm))
            self.in_loop = False
            _keep_undead(loop)
            with contextlib.suppress(BaseException):
                loop.close()
            self.finish()
            self.unhook()

    def unhook(self) -> None:
        """Remove the hooks: the last thing that the thread does, because what it logs goes through them."""
        _hooks.uninstall(self)

    def finish(self) -> None:
        """Release everything else, when the thread has ended or never will."""
        self.ended.set()
        self._socket.close()
        self.started.set()
        self.recorder.wake()
        for thread in self.recorder.threads():
            stop_worker(thread)

    async def _serve(self) -> None:
        self._main = asyncio.current_task()
        if self._threads is not None:
            anyio.to_thread.current_default_thread_limiter().total_tokens = self._threads
        beat = asyncio.create_task(_beat(self.recorder, self._pulse)) if self._pulse else None
        try:
            await self._uvicorn.serve(sockets=[self._socket])
        finally:
            if beat is not None:
                beat.cancel()

    async def _cancel_rest(self, seconds: float) -> None:
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        if rest:
            await asyncio.wait(rest, timeout=seconds)
        for connection in list(self._uvicorn.server_state.connections):
            connection.transport.abort()  # so that its client does not wait for an answer
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.get_running_loop().shutdown_asyncgens()
        await asyncio.sleep(0)


def _keep_undead(loop: asyncio.AbstractEventLoop) -> None:
    """Keep a task that swallowed its cancellation, for ever. If it were collected, Python would close its
    coroutine, which may swallow that as well and never return, in the thread that collects it.
    """
    for task in asyncio.all_tasks(loop):
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(task))


async def _beat(recorder: Recorder, seconds: float) -> None:
    """Note a tick every `seconds`; where ticks are missing, the loop was blocked.

    A notebook may stay open for hours, so ticks are noted only while something runs, and shortly after.
    """
    quiet, last, latest = _QUIET, time.perf_counter(), 0
    while True:
        now = time.perf_counter()
        if recorder.running() or recorder.latest != latest:
            latest = recorder.latest
            if quiet >= _QUIET:
                recorder.note("pulse", text="first", t=last)
            quiet = 0
        if quiet < _QUIET:
            recorder.note("pulse", t=now)
            quiet += 1
        last = now
        await asyncio.sleep(max(0.0, now + seconds - time.perf_counter()))


class _Uvicorn(uvicorn.Server):
    """Uvicorn's own server; it waits for an event to stop instead of looking ten times a second."""

    def __init__(self, config: uvicorn.Config, engine: Engine) -> None:
        super().__init__(config)
        self.wake = asyncio.Event()
        self.grace = 2.0
        self.firm = _FIRM
        self._engine = engine

    async def main_loop(self) -> None:
        self._engine.started.set()
        while not await self.on_tick(0):  # 0: brings the Date header up to date, which is due once a second
            with contextlib.suppress(TimeoutError):
                async with limit(1.0):
                    await self.wake.wait()

    async def shutdown(self, sockets: Any = None) -> None:
        for server in self.servers:
            await close(server)
        for sock in sockets or []:
            sock.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if not await self._drained(self.grace):
            for task in list(self.server_state.tasks):
                task.cancel()
            await self._drained(self.firm)
        with contextlib.suppress(TimeoutError):
            grace = max(self.grace, self.firm)
            async with asyncio.timeout(None if grace == math.inf else grace):
                await self.lifespan.shutdown()

    async def _drained(self, seconds: float) -> bool:
        state = self.server_state
        deadline = time.monotonic() + seconds
        look = 0.0
        while state.connections or state.tasks:
            if time.monotonic() >= deadline:
                return False
            await (pause(look) if seconds == math.inf else asyncio.sleep(look))
            look = min(look + 0.001, 0.02)
        return True
