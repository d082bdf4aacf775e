"""The server's thread: uvicorn on an event loop of its own, which starts and stops in milliseconds."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
import weakref
from typing import Any

import anyio.to_thread
import uvicorn
from starlette.types import ASGIApp

from course.live import _hooks
from course.live._recorder import Here, Recorder, _here
from course.live._socket import listen

_FIRM = 0.5  # seconds that a cancelled task has to end


class Engine:
    """The thread, its loop and its server. Knows nothing of the `Server` that the notebook holds."""

    def __init__(self, app: ASGIApp, recorder: Recorder, pulse: float | None, threads: int | None) -> None:
        self.recorder = recorder
        self.error: BaseException | None = None
        self.started = threading.Event()  # or failed to
        self.ended = threading.Event()
        self.in_loop = False  # the app's code may be running on the server's thread
        self.loop: asyncio.AbstractEventLoop | None = None
        self.stopping = False
        self._pulse = pulse
        self._threads = threads
        self._socket = listen(backlog=2048)
        self.port: int = self._socket.getsockname()[1]
        self._config = uvicorn.Config(
            _hooks.Recorded(app, recorder),
            http="h11",
            log_config=None,
            access_log=False,
            timeout_keep_alive=600,
            lifespan="auto",
        )
        self._uvicorn = _Uvicorn(self._config, weakref.proxy(self))
        self.thread = threading.Thread(target=self._run, name="bench server", daemon=True)

    def start(self) -> None:
        """Start the thread; `started` is set when the app answers or has failed."""
        _hooks.install()
        try:
            self.thread.start()
        except BaseException:
            _hooks.uninstall()
            self._socket.close()
            raise

    def ask_to_stop(self, grace: float) -> None:
        """Stop gracefully: let running requests and tasks end for `grace` seconds, then cancel them."""
        self._uvicorn.grace = min(grace, self._uvicorn.grace) if self.stopping else grace
        self._uvicorn.should_exit = True
        self.stopping = True
        loop = self.loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # it has just been closed
                loop.call_soon_threadsafe(self._uvicorn.wake.set)

    def close_socket(self) -> None:
        """Let go of the port, whatever the thread does."""
        self._socket.close()

    # in the thread

    def _run(self) -> None:
        recorder = self.recorder
        _here.set(Here(recorder))
        recorder.loop_thread = threading.get_ident()
        loop = self.loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda _, context: _hooks.log_unhandled(recorder, context))
        try:
            self.in_loop = True
            # Not asyncio.run nor uvicorn's run: nest_asyncio may have replaced what they build on.
            loop.run_until_complete(self._serve())
        except BaseException as error:
            self.error = error
        finally:
            self.in_loop = False
            with contextlib.suppress(BaseException):
                self._clean_up(loop)
            self._socket.close()
            _hooks.uninstall()
            self.started.set()
            self.ended.set()
            recorder.wake()

    async def _serve(self) -> None:
        if self._threads is not None:
            anyio.to_thread.current_default_thread_limiter().total_tokens = self._threads
        beat = asyncio.create_task(_beat(self.recorder, self._pulse)) if self._pulse else None
        try:
            await self._uvicorn.serve(sockets=[self._socket])
        finally:
            if beat is not None:
                beat.cancel()

    def _clean_up(self, loop: asyncio.AbstractEventLoop) -> None:
        for connection in list(self._uvicorn.server_state.connections):
            connection.transport.abort()  # of a request that was killed: its socket would stay open
        try:
            loop.run_until_complete(_cancel_rest())
        finally:
            for thread in self.recorder.threads():
                stop_worker(thread)
            loop.close()


def stop_worker(thread: threading.Thread) -> None:
    """Tell an idle worker thread of anyio to end (its loop, which usually does, may be gone)."""
    if type(thread).__module__.startswith("anyio.") and not getattr(thread, "stopping", True):
        with contextlib.suppress(Exception):
            thread.stop()  # type: ignore[attr-defined]


async def _cancel_rest() -> None:
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    if rest:
        await asyncio.wait(rest, timeout=_FIRM)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_FIRM):
            await asyncio.get_running_loop().shutdown_asyncgens()


async def _beat(recorder: Recorder, seconds: float) -> None:
    """Note a tick every so often; where the ticks are missing, the loop was blocked."""
    due = time.perf_counter()
    while True:
        recorder.note("pulse")
        due = max(due + seconds, time.perf_counter())
        await asyncio.sleep(due - time.perf_counter())


class _Uvicorn(uvicorn.Server):
    """Uvicorn's own server, which is told when to stop instead of looking ten times a second."""

    def __init__(self, config: uvicorn.Config, engine: Engine) -> None:
        super().__init__(config)
        self.wake = asyncio.Event()
        self.grace = 2.0
        self._engine = engine

    async def main_loop(self) -> None:
        self._engine.started.set()
        while not await self.on_tick(0):  # 0: brings the Date header up to date, which is due once a second
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self.wake.wait()

    async def shutdown(self, sockets: Any = None) -> None:
        for server in self.servers:
            server.close()
        for sock in sockets or []:
            sock.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if not await self._drained(self.grace):
            for task in list(self.server_state.tasks):
                task.cancel()
            await self._drained(_FIRM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(self.grace, _FIRM)):
                await self.lifespan.shutdown()

    async def _drained(self, seconds: float) -> bool:
        state = self.server_state
        deadline = time.monotonic() + seconds
        pause = 0.0
        while state.connections or state.tasks:
            if time.monotonic() >= deadline:
                return False
            await asyncio.sleep(pause)
            pause = min(pause + 0.001, 0.02)
        return True
