"""Pauses that keep an event loop from everybody else: found by who makes them where, not by a clock."""

import asyncio
import contextlib
import contextvars
import functools
import inspect
import operator
import queue
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from concurrent.futures import Future
from typing import Any
from unittest import mock

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from course.live import Gate
from course.live.signature import unwrapped


def names_of(program: Any) -> dict[str, Any]:
    """The names of the notebook in which a program, a function or a class, was defined."""
    if isinstance(program, type):
        program = next(filter(inspect.isfunction, vars(program).values()), program)
    names: dict[str, Any] = getattr(unwrapped(program), "__globals__", {})
    return names


@contextlib.contextmanager
def renamed(names: MutableMapping[str, Any], others: Mapping[Any, Any]) -> Iterator[None]:
    """Within, each of these names that stands for a key of ``others``, the very object, stands for its value.

    So does each default of a parameter of a function among them, and each attribute of a class that is
    defined beside them. What a function that was made before keeps in a variable of its own is not found.
    """

    def instead(value: Any) -> Any:
        return next((other for key, other in others.items() if value is key), value)

    with contextlib.ExitStack() as stack:
        for function in [each for each in names.values() if isinstance(each, types.FunctionType)]:
            if defaults := function.__defaults__:
                replaced = tuple(map(instead, defaults))
                stack.enter_context(mock.patch.object(function, "__defaults__", replaced))
            if by_name := function.__kwdefaults__:
                stack.enter_context(mock.patch.dict(by_name, {k: instead(v) for k, v in by_name.items()}))
        for each in [each for each in names.values() if isinstance(each, type)]:
            if each.__module__ == names.get("__name__"):
                _rename_attributes(each, instead, stack)
        others_of = {name: instead(each) for name, each in names.items()}
        changed = {name: other for name, other in others_of.items() if other is not names[name]}
        stack.enter_context(_standing_for(names, changed))
        yield


def _rename_attributes(owner: type, instead: Callable[[Any], Any], stack: contextlib.ExitStack) -> None:
    for name, value in list(vars(owner).items()):
        plain = value.__func__ if isinstance(value, staticmethod) else value
        if (other := instead(plain)) is not plain:
            bound = isinstance(value, types.FunctionType)  # what is in C gets no self
            stack.enter_context(mock.patch.object(owner, name, other if bound else staticmethod(other)))


@contextlib.contextmanager
def _standing_for(names: MutableMapping[str, Any], others: Mapping[str, Any]) -> Iterator[None]:
    """Within, these names stand for others; afterwards as before, but for those that the program has set."""
    before = {name: names[name] for name in others}
    names.update(others)
    try:
        yield
    finally:
        names.update({name: value for name, value in before.items() if names.get(name) is others[name]})


_BRIEFLY = 0.25
"""Seconds for which the loop may wait for a lock or the end of a thread: they keep nobody from an answer."""

_IN_BETWEEN = {"threading", "concurrent.futures._base"}
"""Modules whose functions wait by means of each other: what the program has called is the outermost one."""

_NAMES = {
    "Executor.map.<locals>.result_iterator": "Executor.map",
    "wait": "concurrent.futures.wait",
    "as_completed": "concurrent.futures.as_completed",
}
"""Under which name a program calls them."""

_WAITS: tuple[tuple[Any, str, Callable[[Any], bool]], ...] = (
    (threading.Event, "wait", lambda event: not event.is_set()),
    (threading.Thread, "join", threading.Thread.is_alive),
    (queue.Queue, "get", queue.Queue.empty),
    (queue.Queue, "put", queue.Queue.full),
    (Future, "exception", lambda future: not future.done()),
    (Future, "result", lambda future: not future.done()),
)
"""What can be called with a time-out, and when it then waits."""


def _in_the_file_of(method: Callable[..., Any], other: Any) -> Callable[..., Any]:
    """The other function, which stands in front of the method and, for who looks at frames, in its file."""
    other.__code__ = other.__code__.replace(co_filename=method.__code__.co_filename)
    return functools.wraps(method)(other)


@contextlib.contextmanager
def held_waits(gate: Gate, pauses: Callable[[], bool]) -> Iterator[None]:
    """Within, no wait with a time-out comes to its end by it before the gate opens, if ``pauses()`` there.

    These are waits on a ``Condition``, and so on an event, a semaphore, a queue or a future. What they wait
    for may come.
    """
    wait = threading.Condition.wait

    def held(condition: threading.Condition, timeout: float | None = None) -> bool:
        if timeout is not None and timeout > 0 and not _by_the_course(sys._getframe(1)) and pauses():
            while not gate.is_open:
                if wait(condition, _BRIEFLY):
                    return True
        return wait(condition, timeout)

    with mock.patch.object(threading.Condition, "wait", _in_the_file_of(wait, held)):
        yield


def _by_the_course(frame: types.FrameType | None) -> bool:
    """Whether a wait that is called in that frame is one of ours."""
    while frame is not None and frame.f_globals.get("__name__") in {*_IN_BETWEEN, "queue"}:
        frame = frame.f_back
    return frame is not None and str(frame.f_globals.get("__name__")).startswith("course.")


def _called_by_the_program(frame: types.FrameType | None) -> str | None:
    """The function of these modules that the program has called, if this frame is of one of them."""
    name = None
    while frame is not None and frame.f_globals.get("__name__") in _IN_BETWEEN:
        name, frame = frame.f_code.co_qualname, frame.f_back
    return None if name is None else _NAMES.get(name, name)


class LoopPauses:
    """Notes each pause that a program makes on the event loop of its server, and takes its time away.

    From the server's first request on, or from ``of_this_loop`` on, until ``no_more_requests``. A thread may
    pause as it likes, and on an event loop of its own.

    Args:
        here: the seconds that are left of each.
        elsewhere: how many seconds a pause of so many takes that the program makes anywhere else.
    """

    def __init__(self, here: float = 0.0, elsewhere: Callable[[float], float] = float) -> None:
        self._here = here
        self._elsewhere = elsewhere
        self.noted: list[tuple[str, float]] = []
        """What was called for each of them, and the seconds."""
        self._loop: asyncio.AbstractEventLoop | None = None

    def inside(self, app: ASGIApp) -> ASGIApp:
        """The app, for ``bench.serve(…, inside=…)``: its requests tell which event loop is the server's."""

        async def noted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                self._loop = asyncio.get_running_loop()
            await app(scope, receive, send)

        return noted

    def of_this_loop(self) -> None:
        """Whatever is called on the running event loop from now on, without a server."""
        self._loop = asyncio.get_running_loop()

    def longest(self) -> dict[str, str]:
        """The call of the longest of them, and what it was given, for a message."""
        call, seconds = max(self.noted, key=operator.itemgetter(1))
        return {
            "call": call,
            "seconds": f"{seconds:g}" if call == "time.sleep" else f"timeout={round(seconds, 2):g}",
        }

    def no_more_requests(self) -> None:
        """The server is about to shut down: from now on nobody waits for its event loop."""
        self._loop = None

    @contextlib.contextmanager
    def watched(self, build: Any) -> Iterator[None]:
        """Within, ``time.sleep`` and what waits with a time-out are noted.

        That is what ``threading``, ``queue`` and ``concurrent.futures`` have for it, without
        ``RLock.acquire``, which is in C. Names and locks that the program gets within stay noted.

        Args:
            build: the learner's function: whatever its notebook calls ``time.sleep`` is noted, too.
        """
        sleep, lock, simple_queue = time.sleep, threading.Lock, queue.SimpleQueue
        names = names_of(build)
        noted_lock, noted_queue = self._noted_lock(names), self._noted_simple_queue(names)
        kept = {name: noted_lock(each) for name, each in names.items() if type(each) is type(lock())}

        @functools.wraps(sleep)  # a process pool takes it for the one of its own
        def noted_sleep(seconds: float) -> None:
            here = self._is_here("time.sleep", seconds)
            sleep(min(seconds, self._here) if here else self._elsewhere(seconds))

        with contextlib.ExitStack() as stack:
            stack.enter_context(mock.patch.object(time, "sleep", noted_sleep))
            stack.enter_context(mock.patch.object(threading, "Lock", noted_lock))
            stack.enter_context(mock.patch.object(queue, "SimpleQueue", noted_queue))
            others = {sleep: noted_sleep, lock: noted_lock, simple_queue: noted_queue}
            stack.enter_context(renamed(names, others))
            stack.enter_context(_standing_for(names, kept))
            stack.enter_context(mock.patch.object(threading.Condition, "wait", self._noted_condition()))
            for owner, name, waits in _WAITS:
                stack.enter_context(mock.patch.object(owner, name, self._noted(owner, name, waits)))
            yield

    def _noted(self, owner: type, name: str, waits: Callable[[Any], bool]) -> Callable[..., Any]:
        """The method; with a time-out on the loop it is noted if it waits, and then waits no longer."""
        method = getattr(owner, name)
        signature = inspect.signature(method)

        def noted(thing: Any, *args: Any, **kwargs: Any) -> Any:
            given = signature.bind(thing, *args, **kwargs)
            given.apply_defaults()
            timeout = given.arguments["timeout"]
            if timeout is None or not given.arguments.get("block", True) or not waits(thing):
                return method(thing, *args, **kwargs)
            if owner is threading.Thread and self._is_on_the_loop(timeout):
                method(thing, min(timeout, _BRIEFLY))  # it may have no more to do than to end
            by = _called_by_the_program(sys._getframe(1))
            in_between = by is not None
            called = by or f"{owner.__name__}.{name}"
            if waits(thing) and self._is_here(called, timeout) and not in_between:
                given.arguments["timeout"] = min(timeout, self._here)
            elif not _by_the_course(sys._getframe(1)):
                given.arguments["timeout"] = self._elsewhere(timeout)
            return method(*given.args, **given.kwargs)

        return _in_the_file_of(method, noted)

    def _noted_condition(self) -> Callable[..., bool]:
        """``Condition.wait``, on which semaphores, barriers and ``wait_for`` wait as well: these wait on."""
        wait = threading.Condition.wait

        def noted(condition: threading.Condition, timeout: float | None = None) -> bool:
            by = _called_by_the_program(sys._getframe(1))
            if timeout is None or _by_the_course(sys._getframe(1)):
                return wait(condition, timeout)
            if not self._is_here(by or "Condition.wait", timeout):
                return wait(condition, self._elsewhere(timeout))
            return wait(condition, min(timeout, self._here) if by is None else timeout)

        return _in_the_file_of(wait, noted)

    def _noted_lock(self, names: Mapping[str, Any]) -> Any:
        """Makes locks as ``threading.Lock`` does, and for the program noted ones: they are in C."""
        make, is_here, is_on_the_loop = threading.Lock, self._is_here, self._is_on_the_loop

        class Lock:
            def __new__(cls, lock: Any = None) -> Any:
                return super().__new__(cls) if lock or sys._getframe(1).f_globals is names else make()

            def __init__(self, lock: Any = None) -> None:
                lock = lock or make()
                self._acquire, self.release, self.locked = lock.acquire, lock.release, lock.locked

            def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
                if not (blocking and timeout > 0 and self.locked() and is_on_the_loop(timeout)):
                    return bool(self._acquire(blocking, timeout))
                if self._acquire(True, min(timeout, _BRIEFLY)):  # somebody had it for a line in a log
                    return True
                if is_here("Lock.acquire", timeout):
                    return False
                return bool(self._acquire(True, max(0.0, timeout - _BRIEFLY)))

            def __enter__(self) -> bool:
                return bool(self._acquire())

            def __exit__(self, *_: object) -> None:
                self.release()

        return Lock

    def _noted_simple_queue(self, names: Mapping[str, Any]) -> Any:
        """Makes queues as ``queue.SimpleQueue`` does, and for the program noted ones."""
        base, is_here, left = queue.SimpleQueue, self._is_here, self._here

        class SimpleQueue(base):  # type: ignore[misc, valid-type]
            def __new__(cls) -> Any:
                return super().__new__(cls) if sys._getframe(1).f_globals is names else base()

            def get(self, block: bool = True, timeout: float | None = None) -> Any:
                if timeout is not None and block and self.empty() and is_here("SimpleQueue.get", timeout):
                    return super().get(True, min(timeout, left))
                return super().get(block, timeout)

        return SimpleQueue

    def _is_here(self, name: str, seconds: float) -> bool:
        """Whether the program is about to block the loop that answers requests; it is noted, if so."""
        here = self._is_on_the_loop(seconds, sys._getframe(2))
        if here:
            self.noted.append((name, seconds))
        return here

    def _is_on_the_loop(self, seconds: float, frame: types.FrameType | None = None) -> bool:
        """Whether a wait of so long, called in that frame or in the caller's, blocks that loop."""
        frame = frame or sys._getframe(2)
        while frame is not None and frame.f_globals.get("__name__") in _IN_BETWEEN:
            frame = frame.f_back
        by = "" if frame is None else frame.f_globals.get("__name__", "")
        loop = asyncio._get_running_loop()
        return seconds > 0 and loop is not None and loop is self._loop and not by.startswith("course.")


_AGAIN = 0.002
"""Seconds that are left of each wait: whoever waits again and again leaves the processor to others."""

_STOPPING: contextvars.ContextVar[bool] = contextvars.ContextVar("stopping", default=False)
"""Whether what runs was begun by a lifespan that has been told to stop, be it in another task or thread."""


def _shorter_while_it_stops(seconds: float) -> float:
    return min(seconds, _AGAIN) if _STOPPING.get() else seconds


class MetLimits:
    """An app. Once its lifespan is told to stop, a wait with a time-out ends soon, as if its time were over.

    That is ``Thread.join`` in any thread, whatever else ``LoopPauses`` knows on the event loop, and in tasks
    and threads that the lifespan begins from then on. Who then waits again notices nothing. For
    ``bench.serve(app, inside=…)``, within ``watched``.

    Args:
        app: the app.
        build: the learner's function, which has made it.
    """

    def __init__(self, app: ASGIApp, build: Callable[..., Any]) -> None:
        self.ended = False
        """Whether its lifespan is over: the process may end now, whatever goes on in it."""
        self._app = app
        self._build = build
        self._pauses = LoopPauses(_AGAIN, _shorter_while_it_stops)
        self._stops = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""

        async def hear() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self._stops = True
                _STOPPING.set(True)
                self._pauses.of_this_loop()
            return message

        async def tell(message: Message) -> None:
            self.ended |= message["type"] in ("lifespan.shutdown.complete", "lifespan.shutdown.failed")
            await send(message)

        await self._app(scope, hear, tell)

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Within, the limits of this app are met."""
        with self._pauses.watched(self._build):
            join = threading.Thread.join

            def limited(thread: threading.Thread, timeout: float | None = None) -> None:
                name = str(sys._getframe(1).f_globals.get("__name__"))
                if timeout is not None and self._stops and not name.startswith("course."):
                    timeout = min(timeout, _AGAIN)
                join(thread, timeout)

            with mock.patch.object(threading.Thread, "join", _in_the_file_of(join, limited)):
                yield
