"""What a check works with: a thin layer over ``course.live`` where a learner's program can do no harm."""

import asyncio
import contextlib
import functools
import inspect
import math
import multiprocessing
import re
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import httpx
from starlette.types import ASGIApp

from course.live import Gate, Inbox, Pending, Server, SettleTimeout, Timeline, mark, serve
from course.live.at_work import at_a_gate, busy
from course.live.loops import new_loop
from course.live.signature import signature_of
from course.practice._clock import Clock, Deadline, wait_fairly
from course.practice._contain import Descendants, count_threads_anew, start_thread
from course.practice._exercise import NotYet
from course.practice._learner import (
    Blank,
    BlankTouched,
    Learner,
    describe,
    in_a_library,
    is_app,
    touch,
    what_is,
)
from course.practice._patience import at_rest, patiently, patiently_async
from course.practice._virtual import Stuck, virtual_loop

CALL_SECONDS = 4
"""How long one call of the learner's code may take."""

ANSWER_SECONDS = 4
"""How long one request may take."""

COMING_SECONDS = 3
"""How long somebody who is still at work may take to bring about what a check waits for."""

HELD_SECONDS = 60
"""How long a gate of a check holds at most; the check opens it, or its end does, long before."""

_ANSWERING_SECONDS = 4  # for a request of which nothing keeps the answer
_REST_SECONDS = 1
_KILL_SECONDS = 0.5
_LOOK_SECONDS = 0.005
_MOMENT = 0.05  # in looks
_NEVER_AWAITED = re.compile(r"coroutine '(?:.*\.)?([^.']+)' was never awaited")


@dataclass(frozen=True)
class Call:
    """One call of a spy: what it was given, on which thread it ran."""

    number: int
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    thread: Literal["event loop", "worker thread"]
    at: float

    @property
    def values(self) -> tuple[Any, ...]:
        """Everything it was given, by position first."""
        return (*self.args, *self.kwargs.values())


class Spy:
    """Stands in for a function of the program (a mailer, a query …) and notes each call.

    Hand the spy itself to the learner's code through ``bench.call``: what arrives there is ``function``, a
    plain ``def`` or ``async def`` with the spy's name. A call of an ``async`` spy counts when it is awaited.
    """

    def __init__(
        self,
        name: str,
        kind: Literal["sync", "async"] = "sync",
        *,
        gate: Gate | None = None,
        returns: Any = None,
        raises: BaseException | type[BaseException] | None = None,
    ) -> None:
        self.name = name
        self.calls: list[Call] = []
        self._gate = gate
        self._returns = returns
        self._raises = raises
        self._lock = threading.Lock()
        self._called = threading.Event()
        self.function: Callable[..., Any] = self._async() if kind == "async" else self._sync()
        self.function.__name__ = self.function.__qualname__ = name

    def __repr__(self) -> str:
        return self.name

    @property
    def called(self) -> bool:
        """Whether it was called at all."""
        return bool(self.calls)

    def wait(self, number: int = 1, timeout: float = 3) -> Call:
        """The call with this number, waiting for it if need be.

        Raises:
            NotYet: it did not come within ``timeout`` seconds.
        """
        clock = Clock()
        while len(self.calls) < number:
            if clock.seconds() > timeout:
                raise NotYet("engine.waited-in-vain", name=self.name, seconds=_plain(timeout))
            self._called.wait(0.05)
            self._called.clear()
        return self.calls[number - 1]

    def _sync(self) -> Callable[..., Any]:
        def spy(*args: Any, **kwargs: Any) -> Any:
            self._note(args, kwargs)
            if self._gate is not None:
                self._gate.wait(HELD_SECONDS)
            return self._result()

        return spy

    def _async(self) -> Callable[..., Any]:
        async def spy(*args: Any, **kwargs: Any) -> Any:
            self._note(args, kwargs)
            if self._gate is not None:
                await self._gate.wait_async(HELD_SECONDS)
            return self._result()

        return spy

    def _note(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        for value in (*args, *kwargs.values()):
            if isinstance(value, Blank):
                touch()  # one that is only passed on counts as well
        with self._lock:
            call = Call(len(self.calls) + 1, args, kwargs, _kind_of_thread(), time.perf_counter())
            self.calls.append(call)
        self._called.set()
        mark(f"{self.name} called")

    def _result(self) -> Any:
        if self._raises is not None:
            raise self._raises
        return self._returns


class LateTasks:
    """An app of which one request is overtaken: its response is there, and its tasks have not begun.

    What a program keeps from a request for its task, outside of both, belongs to the next request by then.

    Args:
        app: the application.
        watch: says whether something has happened that ought to come after a response; each response is held
            back for a moment, so that it has every chance to come before.
    """

    def __init__(self, app: Any, watch: Callable[[], object] | None = None) -> None:
        self._app = app
        self._watch = watch
        self._holding = False
        self._waiting = False

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Within, whatever follows the next response waits; what follows a later one does not."""
        self._holding = self._waiting = True
        try:
            yield
        finally:
            self._holding = self._waiting = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The app itself."""

        async def send_and_hold(message: Any) -> None:
            if message["type"] == "http.response.start" and self._watch is not None:
                await patiently_async(self._watch, _MOMENT)
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body") and self._waiting:
                self._waiting = False
                await patiently_async(lambda: not self._holding, ANSWER_SECONDS)

        await self._app(scope, receive, send_and_hold)


class Bench:
    """Runs a learner's program for a check. What is opened here ends with the process of the check."""

    def __init__(
        self, learner: Learner, names: Mapping[int, str] | None = None, deadline: Deadline | None = None
    ) -> None:
        self.servers: list[Server] = []
        self.every_point = False
        """Whether the check goes on after a miss, to the other parts; see ``part``."""
        self.missed: list[tuple[NotYet, str]] = []
        """Each miss that a part ended with, and the promise of the task that it is about; the first first."""
        self.shown: set[str] = set()
        """The promises of the parts that have come to their end."""
        self.unsure: set[str] = set()
        """The promises of the parts that have not."""
        self._first_picture: Timeline | None = None
        self._learner = learner
        self._deadline = deadline or Deadline(CALL_SECONDS)
        self._longest = 0.0  # seconds of a call, in a part that may take long
        self._names = names or {}  # of the learner's objects, by their id()
        self._before = {process.pid for process in multiprocessing.active_children()}
        self._started: set[threading.Thread] = set()  # by the learner's function, not by its app
        self._picture: Timeline | None = None
        self._name = "build"

    def call(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call the learner's function and give back what it returns, which is never ``None``.

        Spies among the arguments arrive as plain functions. A coroutine function is refused: see ``run``.

        Raises:
            NotYet: the call does not fit its signature, raises, does not come back, or returns nothing.
        """
        call = self._called(function, args, kwargs)
        result = self._within(call, lambda: function(*call.args, **call.kwargs))
        if inspect.iscoroutine(result):
            result.close()
            if inspect.iscoroutinefunction(function):
                raise NotYet("engine.coroutine", name=call.name)
            raise NotYet("engine.returned-coroutine", name=call.name, of=result.__name__)
        if result is None:
            raise NotYet("engine.returned-nothing", name=call.name)
        return result

    def run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call the learner's function, await what it returns if need be, on an event loop of its own.

        Raises:
            NotYet: as ``call``; but ``None`` is a fine result here.
        """
        call = self._called(function, args, kwargs)

        return self._within(call, lambda: _run_on(new_loop, call.awaited()))

    def run_virtual(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """The same on an event loop whose clock jumps: no sleep takes time, and every time-out is exact.

        For what awaits only; ``time.sleep`` and ``time.monotonic`` are those of the machine.

        Raises:
            NotYet: as ``run``; also, at once, when everybody waits for what never comes.
        """
        call = self._called(function, args, kwargs)

        return self._within(call, lambda: _run_on(virtual_loop, call.awaited()))

    def begin_part(self, seconds: float = 0) -> None:
        """Begin another part of the check, which has the exercise's deadline for itself.

        Args:
            seconds: how long the part may take, and each call in it, where that is longer: for programs that
                take their time, such as tests. Who waits for what cannot come any more is stopped before.
        """
        self._longest = seconds
        self._deadline.limit = max(self._deadline.seconds, seconds and seconds + CALL_SECONDS)
        self._deadline.renew()

    @contextlib.contextmanager
    def part(self, *promises: str) -> Iterator[None]:
        """Begin another part of the check, in which these promises of the task show.

        What the learner reads then lists every promise. A ``NotYet`` ends the part, and the check goes on
        behind it: it looks at the other promises, too. The first one is the verdict.
        """
        self.begin_part()
        try:
            yield
        except NotYet as miss:
            self.unsure.update(promises)
            self.note(miss, promises[0])
        else:
            self.shown.update(promises)

    def note(self, miss: NotYet, promise: str) -> None:
        """Note a miss, and go on; ``promise`` is what it is about, unless the catalogue says it.

        Raises:
            NotYet: the same, if only the verdict is asked for.
        """
        if not self.missed:
            self._first_picture = self.timeline
        self.missed.append((miss, promise))
        if not self.every_point:
            raise miss

    def until(self, condition: Callable[[], object], seconds: float = CALL_SECONDS) -> bool:
        """Wait until ``condition()`` holds; whether it does. See ``patiently``.

        Meant for what a right program always comes to, however slow the machine is: only a program that
        never gets there meets the end of the wait. The exercise's own deadline begins anew with each look.
        """

        def holds() -> object:
            self._deadline.renew()
            return condition()

        came = patiently(holds, seconds)
        self._deadline.renew()
        return came

    @contextlib.contextmanager
    def serve(
        self, app: Any, *, name: str = "", inside: ASGIApp | None = None, **options: Any
    ) -> Iterator[Server]:
        """Serve ``app`` as ``course.live.serve`` does; its client gives up after a few seconds.

        Args:
            app: what the learner's function returned.
            name: of that function, for the message when ``app`` is none.
            inside: what is served: ``app`` inside another app, as ``course.practice.race.HeldAnswers`` is.
            **options: of ``course.live.serve``.

        Raises:
            NotYet: ``app`` is no application.
        """
        if not is_app(app):
            raise NotYet("engine.not-an-app", name=name or self._name, what=what_is(app))
        count_threads_anew()
        server = serve(app if inside is None else inside, **options)
        self.servers.append(server)
        server.client.timeout = httpx.Timeout(ANSWER_SECONDS)
        try:
            yield server
        except BaseException:  # the verdict is there: take the picture as it is
            self._picture = server.timeline
            raise
        server.stop()

    def spy(
        self,
        name: str,
        kind: Literal["sync", "async"] = "sync",
        *,
        gate: Gate | None = None,
        returns: Any = None,
        raises: BaseException | type[BaseException] | None = None,
    ) -> Spy:
        """A stand-in for a function called ``name`` that notes each call, then waits for ``gate``."""
        return Spy(name, kind, gate=gate, returns=returns, raises=raises)

    def gate(self, name: str) -> Gate:
        """A gate for the time of the check."""
        return Gate(name)

    def inbox(self, delay: float = 0.0) -> Inbox:
        """A mail server for the time of the check."""
        return Inbox(delay=delay)

    def expect(self, reply: httpx.Response, status: int = 200) -> httpx.Response:
        """``reply``, if it has this status.

        Raises:
            NotYet: it has another; the message says what FastAPI, or the learner's code, made of the request.
        """
        if reply.status_code == status:
            return reply
        request = f"{reply.request.method} {reply.request.url.path}"
        if reply.status_code == 500:
            self._explain_500(request)
        misses = {404: "engine.not-there", 405: "engine.wrong-method"}
        if reply.status_code in misses:
            raise NotYet(misses[reply.status_code], request=request)
        if reply.status_code == 422:
            raise NotYet("engine.refused", request=request, detail=_detail(reply))
        raise NotYet("engine.wrong-status", request=request, got=reply.status_code, wanted=status)

    def settle(self, timeout: float = ANSWER_SECONDS) -> None:
        """Wait until no request and no task of the last server is running.

        Raises:
            SettleTimeout: something never ends, or after ``timeout`` seconds; uncaught, it becomes a message.
        """
        server = self.servers[-1]

        def settled() -> bool:
            with contextlib.suppress(SettleTimeout):
                server.settle(0)
                return True
            return False

        if not self.until(settled, timeout):
            server.settle(0)

    def comes(self, happened: Callable[[], bool], seconds: float = COMING_SECONDS) -> bool:
        """Whether something happens, on the last server or in a thread or a process that the program started.

        Waits as long as somebody is left who could bring it about: a request, its task, an asyncio task, a
        thread or a process of the program's own. ``seconds`` are for who never gets there.
        """
        self.until(lambda: happened() or not self.at_work, seconds)
        return happened()

    def answers(self, pending: Pending, seconds: float = _ANSWERING_SECONDS) -> bool:
        """Whether a request is answered, or refused, while something else is held."""
        self.until(lambda: pending.done, seconds)
        try:
            return pending.done and pending.result() is not None
        except httpx.TimeoutException:  # its client had less patience than we have
            return False
        except httpx.HTTPError:
            return True

    def at_rest(self) -> bool:
        """Whether it is proved that nothing more can happen by itself; False also where that has no proof."""
        return at_rest()

    def rest(self) -> bool:
        """Let the program go on until nobody can: each of its threads waits at a gate, or in its pool.

        What has not begun by then waits for one of the gates. False when somebody is still busy, or the event
        loop stands still.
        """
        clock, server = Clock(), self.servers[-1]
        while clock.seconds() < _REST_SECONDS and server.turn(timeout=COMING_SECONDS):
            if all(at_a_gate(thread) for thread in busy([*server.threads, *self._started])):
                return server.turn(timeout=COMING_SECONDS)
            time.sleep(_LOOK_SECONDS)
        return False

    def stop(self, seconds: float = COMING_SECONDS) -> None:
        """Stop the last server as a shutdown does: its tasks and its lifespan have ``seconds`` to end."""
        server = self.servers[-1]
        stopping = start_thread(lambda: server.stop(math.inf), "course check: stop")
        if not self.until(lambda: not stopping.is_alive(), seconds):
            server.kill(_KILL_SECONDS)
        self._deadline.renew()

    def finish(self, seconds: float = COMING_SECONDS) -> None:
        """Stop the last server, and wait for who goes on: then nothing more can happen.

        The threads and the processes that outlive the server have ``seconds`` as well.
        """
        self.stop(seconds)
        self.comes(lambda: False, seconds)

    @property
    def at_work(self) -> bool:
        """Whether a request, or anything that the program has started, still goes on."""
        for _ in range(2):  # while one was looked at, another may have handed it something and ended
            children = {process.pid for process in multiprocessing.active_children()} - self._before
            if children or busy(self._started) or (self.servers and self.servers[-1].at_work):
                return True
        return False

    @property
    def unfinished(self) -> list[str]:
        """The functions whose tasks are still running."""
        tasks = (task for server in self.servers for task in server.timeline.tasks)
        return sorted({task.function for task in tasks if task.outcome == "running"})

    @property
    def timeline(self) -> Timeline | None:
        """What ran when on the server that was started last; after a miss, as it was then."""
        return self._first_picture or self._picture or (self.servers[-1].timeline if self.servers else None)

    @property
    def lost_coroutines(self) -> list[str]:
        """The names of the coroutines that were made on a server and never awaited."""
        lines = (line for server in self.servers for line in server.log)
        return [match[1] for line in lines if (match := _NEVER_AWAITED.search(line))]

    def _called(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> "_Called":
        """The call of the learner's function, if it can be made at all."""
        call = _Called(function, args, kwargs, self._names.get(id(function)) or _name_of(function))
        if not callable(function) or (is_app(function) and not inspect.isroutine(function)):
            raise NotYet("engine.not-a-function", name=call.name, what=what_is(function))
        call.check_signature()
        return call

    def _within(self, call: "_Called", work: Callable[[], Any]) -> Any:
        """Run ``work`` on a thread of its own, for as long as a call may take."""
        done = threading.Event()
        result: list[Any] = []
        raised: list[BaseException] = []

        def target() -> None:
            try:
                result.append(work())
            except BaseException as error:
                raised.append(error)
            finally:
                done.set()

        self._name = call.name
        before = set(threading.enumerate())
        thread = start_thread(target, f"course check: {call.name}")
        self._come_back(done, call)
        self._started |= set(threading.enumerate()) - before - {thread}
        if raised:
            self._explain(raised[0], call)
        return result[0]

    def _come_back(self, done: threading.Event, call: "_Called") -> None:
        """Wait until a call has come back.

        Raises:
            NotYet: it has had its time; or, in a part that may take long, it waits for what cannot come.
        """
        back = wait_fairly(done, CALL_SECONDS, Descendants())
        clock = Clock(Descendants())
        while not back and (left := self._longest - CALL_SECONDS - clock.seconds()) > 0:
            back = done.wait(min(1, left))
            if not back and at_rest() and not done.is_set():
                raise NotYet("engine.stuck", call=call)
        if not back:
            raise NotYet("engine.endless-call", call=call, seconds=_plain(max(self._longest, CALL_SECONDS)))

    def _explain(self, error: BaseException, call: "_Called") -> None:
        """Say what an exception out of the learner's code means."""
        if isinstance(error, NotYet | BlankTouched | NotImplementedError | SettleTimeout | httpx.HTTPError):
            raise error
        if isinstance(error, Stuck):
            raise NotYet("engine.stuck", call=call)
        if isinstance(error, SystemExit):
            raise NotYet("engine.program-exited", where=self._place(error))
        raise NotYet("engine.raised", call=call, error=describe(error), where=self._place(error))

    def _place(self, error: BaseException) -> str:
        return self._learner.line_of(error) or in_a_library()

    def _explain_500(self, request: str) -> None:
        """Say which exception of the learner's code made the last 500, if there is one."""
        server = self.servers[-1]
        with contextlib.suppress(SettleTimeout):
            server.settle(timeout=1)
        if not server.errors:
            return
        error, trace = server.errors[-1], server.tracebacks[-1]
        if isinstance(error, BlankTouched | NotImplementedError):
            raise error
        place = self._learner.line_of_summary(trace.stack) or in_a_library()
        raise NotYet("engine.endpoint-raised", request=request, error=describe(error), where=place)


@dataclass(frozen=True)
class _Called:
    """A call of the learner's function, as it is made and as it is written."""

    function: Any
    given: tuple[Any, ...]
    named: dict[str, Any]
    name: str

    def __str__(self) -> str:
        parts = [_written(value) for value in self.given]
        parts += [f"{name}={_written(value)}" for name, value in self.named.items()]
        return f"{self.name}({', '.join(parts)})"

    @property
    def args(self) -> list[Any]:
        return [_handed_over(value) for value in self.given]

    @property
    def kwargs(self) -> dict[str, Any]:
        return {name: _handed_over(value) for name, value in self.named.items()}

    async def awaited(self) -> Any:
        """Call it, and await what it returns if need be."""
        result = self.function(*self.args, **self.kwargs)
        return await result if inspect.isawaitable(result) else result

    def check_signature(self) -> None:
        signature = signature_of(self.function)
        if signature is None:
            return
        try:
            signature.bind(*self.given, **self.named)
        except TypeError:
            bare = [each.replace(annotation=each.empty) for each in signature.parameters.values()]
            shown = inspect.Signature(bare)
            raise NotYet("engine.signature", name=self.name, call=self, signature=shown) from None


def _run_on(loop_factory: Callable[[], asyncio.AbstractEventLoop], work: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(work)


def _name_of(function: Any) -> str:
    inner = function.func if isinstance(function, functools.partial) else function
    return getattr(inner, "__name__", None) or type(inner).__name__


def _handed_over(value: Any) -> Any:
    return value.function if isinstance(value, Spy) else value


def _written(value: Any) -> str:
    """A value as it could be written in a call; its type where that would be long, or differ between runs."""
    if isinstance(value, Spy):
        return value.name
    if isinstance(value, str | int | float | bool | None) and len(repr(value)) < 40:
        return repr(value)
    return getattr(value, "__name__", None) or type(value).__name__


def _kind_of_thread() -> Literal["event loop", "worker thread"]:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return "worker thread"
    return "event loop"


def _detail(reply: httpx.Response) -> str:
    """The first thing that FastAPI says about a request that it refuses."""
    with contextlib.suppress(ValueError, LookupError, TypeError):
        first = reply.json()["detail"][0]
        return f"`{'.'.join(map(str, first['loc']))}`: {first['msg']}"
    return "`422`"


def _plain(seconds: float) -> str:
    return f"{seconds:g}"
