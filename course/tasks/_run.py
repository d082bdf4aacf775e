"""One run of a graph.

*Lanes* take the place of one asyncio.Task for each task. A lane takes ready tasks and awaits them inline, one
after the other; another lane opens only when the running ones really wait. So tasks that never wait cost no
Task, and tasks that wait overlap. Threads have lanes too: a thread takes the next ready sync task itself,
without a detour by the event loop.
"""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Collection, Sequence
from contextvars import Context, copy_context
from gc import get_referents
from time import perf_counter as clock
from typing import Any

from ._binding import arguments
from ._graph import Options, TaskGraph
from ._guard import WORK, log_failure, refuse_work
from ._retry import TaskTimeout, ThreadTimeout, retried
from ._threads import Threads, call_soon

SLICE = 0.005  # seconds that tasks which never wait may hold the event loop
QUICK = 0.00005  # seconds; while sync tasks take less on average, more threads would only fight for the GIL
TURN = 0.05  # seconds after which a thread serves another run, if one waits
GRACE = 1.0  # seconds that a cancelled task has to end; then it is left behind

_TEXT = {"late": "attempt {n} took longer than {seconds} s"}
_THREAD, _LOOP = 0, 1  # kinds of lane: index of queues and counters
_left_behind: set[asyncio.Task[None]] = set()  # the event loop alone would forget them


class Run:
    """What is ready, what is running and what came of it, for one run of a graph that others share."""

    def __init__(
        self, graph: TaskGraph, inputs: Sequence[Any], keep: Collection[int], limit: int, threads: Threads
    ) -> None:
        self.graph, self.keep, self.limit, self.threads = graph, keep, limit, threads
        tasks = len(graph.names)
        self.started = [0.0] * tasks
        self.ended = [0.0] * tasks
        self.results: list[Any] = [None] * tasks + list(inputs)[::-1]
        self.errors: dict[int, BaseException] = {}
        self.attempts: dict[int, int] = {}  # of tasks with a retry
        self.thread_of: dict[int, str] = {}
        self.over = False  # the outcome is final
        self.cut_short = False  # it was cancelled, or interrupted, before its end
        self._closed = False  # no task begins any more
        self._waits = list(graph.waits)
        self._uses = list(graph.uses)
        if keep is not graph.ends:
            for i in graph.ends:
                self._uses[i] = 0
            for i in keep:
                self._uses[i] += 1
        self._ready: tuple[deque[int], deque[int]] = deque(), deque()
        self._lanes = [0, 0]  # how many are open
        self._burst = [1, 1]  # how many to open next
        self._last = _LOOP  # the kind that was opened last
        self._tasks: set[asyncio.Task[None]] = set()
        self._look: asyncio.Handle | None = None
        self._asked = self._pausing = False
        self._moved = False  # a task on the loop has ended since the last look
        self._served, self._looked = 0, clock()  # how many have in threads, and when the last look was
        self._pace: asyncio.Handle | None = None

    async def finish(self) -> None:
        """Run it. When cancelled, running tasks are cancelled and get a second to end; no other begins."""
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()
        self._finished = self._loop.create_future()
        self._slice_end = clock() + SLICE
        for i in self.graph.sources:
            self._ready[self.graph.on_loop[i]].append(i)
        self._go_on()
        try:
            await self._finished
        finally:
            self.cut_short = bool(self._tasks or any(self._lanes))
            self._closed = True
            if self._pace:
                self._pace.cancel()
            try:
                for lane in self._tasks:
                    lane.cancel()
                if self._tasks:
                    await asyncio.wait(self._tasks, timeout=GRACE)
            finally:
                _left_behind.update(self._tasks)
                self.over = True

    # What happens to a task.

    def _take(self, i: int) -> Sequence[Any]:
        """The results that task i is called with; those that no other wants are dropped here."""
        takes = self.graph.takes[i]
        if not takes:
            return ()
        results, uses = self.results, self._uses
        taken = [*map(results.__getitem__, takes)]
        for p in takes:
            uses[p] = n = uses[p] - 1
            if not n:
                results[p] = None
        return taken

    def _settle(self, i: int, value: Any) -> float:
        """Task i is done: who waited for nothing else is ready now."""
        now = clock()
        if not self.over:
            self.ended[i] = now
            if self._uses[i]:
                self.results[i] = value
            waits, on_loop = self._waits, self.graph.on_loop
            for c in self.graph.children[i]:
                waits[c] = n = waits[c] - 1
                if not n:
                    self._ready[on_loop[c]].append(c)
        return now

    def _failed(self, i: int, error: BaseException) -> float:
        """Task i failed: who waits for it never becomes ready, and the report says so."""
        now = clock()
        if not self.over:
            self.ended[i] = now
            self.errors[i] = error
            if not isinstance(error, asyncio.CancelledError | GeneratorExit):
                self._context.copy().run(log_failure, self.graph.names[i], error)
            if isinstance(error, KeyboardInterrupt):  # somebody wants this to stop
                self._closed = True
                call_soon(self._loop, self._finish)
        return now

    # Lanes.

    async def _loop_lane(self, context: Context) -> None:
        graph, started, take, settle = self.graph, self.started, self._take, self._settle
        calls, options, ready, others = graph.calls, graph.options, self._ready[_LOOP], self._ready[_THREAD]
        me, clean = asyncio.current_task(), context.copy()
        values = get_referents(context)[-1]  # the mapping that it has until a variable is set
        assert me is not None
        cancelling = me.cancelling
        while ready and not self._closed:
            i = ready.popleft()
            if (ready or others) and not self._look and self._room(_LOOP) > 0:
                self._look = self._loop.call_soon(self._open_lanes)  # is called only if this lane waits
            started[i] = clock()  # not `now`: a thread may have ended, meanwhile, what this task waits for
            try:
                if i in options:
                    now = settle(i, await self._attempts(i, options[i]))
                else:
                    value = await calls[i](*take(i))
                    if value is not None and issubclass(type(value), WORK):
                        refuse_work(graph.names[i], value, awaited=True)
                    now = settle(i, value)
                    value = None  # it is dropped when the last task that takes it has it
            except BaseException as error:
                now = self._failed(i, error)
                if isinstance(error, GeneratorExit):  # perhaps this lane is being closed: it must not await
                    return
            self._moved = True
            if others and not self._lanes[_THREAD]:
                self._open(_THREAD)
                if self._must_give_way(_THREAD):
                    return
                now = clock()
            if cancelling() or (
                get_referents(context)[-1] is not values and not _same(context, clean) if clean else context
            ):
                return  # the task left something behind, so the next one gets a fresh lane
            if now > self._slice_end:
                await self._pause()

    def _thread_lane(self) -> None:
        graph, ready, others = self.graph, self._ready[_THREAD], self._ready[_LOOP]
        name, turn_end = threading.current_thread().name, clock() + TURN
        while not self._closed:
            try:
                i = ready.popleft()
            except IndexError:  # another thread was faster
                break
            if ready:
                self._ask(_THREAD)
            self.thread_of[i] = name
            self.started[i] = clock()
            value = None
            try:
                value = self._context.copy().run(graph.calls[i], *self._take(i))
                refuse_work(graph.names[i], value)
            except BaseException as error:
                self._failed(i, error)
            else:
                self._settle(i, value)
            self._served += 1
            if others:
                self._ask(_LOOP)
                if self._must_give_way(_LOOP):
                    break
            if self.threads.crowded and clock() > turn_end:
                break
        call_soon(self._loop, self._lane_ended, _THREAD)

    async def _attempts(self, i: int, options: Options) -> Any:
        """A task with a time-out or retries: its value, after as many attempts as it takes."""
        call, args = self.graph.calls[i], self._take(i)
        self.attempts[i] = 0

        async def attempt() -> Any:
            value = await once()
            refuse_work(self.graph.names[i], value, awaited=options.is_async)
            return value

        async def once() -> Any:
            self.attempts[i] += 1
            if options.is_async and options.timeout is None:
                return await call(*args)
            limit = asyncio.timeout(options.timeout if options.is_async else None)

            def arm() -> None:
                with contextlib.suppress(RuntimeError):  # cancelled meanwhile
                    limit.reschedule(self._loop.time() + (options.timeout or 0))

            def begun() -> None:
                if self.attempts[i] == 1:
                    self.started[i] = clock()
                self.thread_of[i] = threading.current_thread().name
                if options.timeout is not None:
                    call_soon(self._loop, arm)

            try:
                async with limit:
                    if options.is_async:
                        return await call(*args)
                    return await self.threads.call(call, *args, context=self._context, begun=begun)
            except TimeoutError:
                if not limit.expired():
                    raise
                late = TaskTimeout if options.is_async else ThreadTimeout
                raise late(_TEXT["late"].format(n=self.attempts[i], seconds=options.timeout)) from None

        if options.retry is None:
            return await attempt()
        given = arguments(call, args)
        return await retried(options.retry, options.function, given, attempt, self.threads.call)

    # Opening lanes: on the event loop only.

    def _room(self, kind: int) -> int:
        room = self.limit - sum(self._lanes)
        return room if kind else min(room, self.threads.limit - self._lanes[_THREAD])

    def _must_give_way(self, other: int) -> bool:
        """Whether ready tasks of the other kind could not begin because all lanes are of this kind."""
        return not self._lanes[other] and sum(self._lanes) >= self.limit

    def _open(self, kind: int) -> None:
        new = min(len(self._ready[kind]), self._burst[kind], self._room(kind))
        if new <= 0:
            return
        if self._lanes[kind] and self._gets_on(kind):
            return
        self._burst[kind] *= 2
        self._lanes[kind] += new
        self._last = kind
        for n in range(new):
            if kind == _THREAD:
                try:
                    self.threads.submit(self._thread_lane, self._loop)
                except RuntimeError as error:  # the system gives no thread
                    self._lanes[kind] -= new - n
                    self._all_failed(kind, error)
                    return
            else:
                context = self._context.copy()
                task = self._loop.create_task(self._loop_lane(context), context=context)
                self._tasks.add(task)
                task.add_done_callback(self._loop_lane_ended)

    def _all_failed(self, kind: int, error: BaseException) -> None:
        """All that are ready: nobody can run them."""
        with contextlib.suppress(IndexError):
            while True:
                i = self._ready[kind].popleft()
                self.started[i] = clock()
                self._failed(i, error)

    def _gets_on(self, kind: int) -> bool:
        """Whether the open lanes are so quick that more would only cost. If so, this is looked at again."""
        if kind == _LOOP:  # has a task ended in this turn of the loop?
            moved, self._moved = self._moved, False
            if moved and not self._look:
                self._look = self._loop.call_soon(self._open_lanes)
            return moved
        served, self._served = self._served, 0
        now = clock()
        passed, self._looked = now - self._looked, now
        quick = passed < served * QUICK * self._lanes[_THREAD]
        if quick and not self._pace:
            self._pace = self._loop.call_later(20 * QUICK, self._next_pace)
        return quick

    def _next_pace(self) -> None:
        self._pace = None
        self._open_lanes()

    def _open_lanes(self) -> None:
        """Work waits and no loop lane is running at this moment: open 1, 2, 4, … more."""
        if self._look:
            self._look.cancel()
        self._look, self._asked = None, False
        if not self._closed:
            for kind in sorted((_THREAD, _LOOP), key=lambda k: (self._lanes[k], k == self._last)):
                self._open(kind)

    def _ask(self, kind: int) -> None:
        """From a thread: have the loop see whether it should open lanes."""
        if not self._asked and self._room(kind) > 0 and not (kind == _THREAD and self._pace):
            self._asked = True
            call_soon(self._loop, self._open_lanes)

    def _loop_lane_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        _left_behind.discard(task)
        self._lane_ended(_LOOP)

    def _lane_ended(self, kind: int) -> None:
        self._lanes[kind] -= 1
        self._go_on()

    def _go_on(self) -> None:
        self._open_lanes()
        if not any(self._lanes):
            self._finish()

    def _finish(self) -> None:
        if not self._finished.done():
            self._finished.set_result(None)

    # Fairness.

    async def _pause(self) -> None:
        """Let the event loop serve others. All lanes together get one slice each time it comes round."""
        if self._look:  # this pause is no sign that tasks on the loop wait
            self._look.cancel()
            self._look = None
            self._open(_THREAD)
        if not self._pausing:
            self._pausing = True
            self._loop.call_soon(self._next_slice)
        await asyncio.sleep(0)

    def _next_slice(self) -> None:
        self._pausing = False
        self._slice_end = clock() + SLICE


class MixedRun(Run):
    """A run in which threads take and settle tasks beside the event loop."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._lock = threading.Lock()

    def _take(self, i: int) -> Sequence[Any]:
        with self._lock:
            return super()._take(i)

    def _settle(self, i: int, value: Any) -> float:
        with self._lock:
            return super()._settle(i, value)


def _same(a: Context, b: Context) -> bool:
    """Whether all variables have the same objects: an equal one may be another."""
    return len(a) == len(b) and all(var in b and b[var] is value for var, value in a.items())
