"""The corners of a run: isolation, cancellation, threads, memory, fairness."""

import asyncio
import contextvars
import gc
import logging
import subprocess
import sys
import threading
import time
import tracemalloc
import weakref

import anyio.from_thread
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.tasks import Outcome, Report, TaskManager, _run, request_id, retry_transient

var = contextvars.ContextVar("var", default="nobody")


def outcomes(report):
    return {name: str(record.outcome) for name, record in report.items()}


def manager_of(tasks, **options):
    """A manager of functions by name; a tuple has the dependencies second, a dict of options third."""
    manager = TaskManager(**options)
    for name, task in tasks.items():
        function, dependencies, *options = task if isinstance(task, tuple) else (task, [])
        manager.add_task(name, function, dependencies, **(options[0] if options else {}))
    return manager


def run(manager, **options):
    return asyncio.run(asyncio.wait_for(manager.run(**options), 20))


async def nothing(*results): ...


async def once(*results):
    await asyncio.sleep(0)


class Unlike:
    """Cannot be compared, like an array."""

    def __eq__(self, other):
        raise ValueError("ambiguous")

    __hash__ = None


# Lanes: what tasks that share one must not notice


@pytest.mark.parametrize("value", ["somebody", Unlike()])
def test_context_variables_do_not_leak_from_task_to_task_nor_out(value):
    async def leave():
        var.set(value)

    async def look():
        return var.get()

    async def main():
        var.set("caller")
        manager = manager_of({"a": leave, "b": look, "c": leave, "d": once, "e": look, "f": (look, ["a"])})
        report = await manager.run(keep=True)
        assert var.get() == "caller"
        return report.results

    results = asyncio.run(main())
    assert {name: results[name] for name in "bef"} == dict.fromkeys("bef", "caller")


class Same:
    """Equal to everything."""

    def __eq__(self, other):
        return True

    __hash__ = None


values = st.sampled_from(
    [None, 0, 0.0, False, "", (), 1, True, 1.0, float("nan"), "somebody", frozenset()]
) | st.builds(lambda make: make(), st.sampled_from([list, dict, set, Same, Unlike, object]))


@given(st.lists(values, min_size=1, max_size=3), st.lists(values, min_size=1, max_size=3), st.integers(1, 3))
def test_no_value_reaches_another_task_equal_or_not(before, after, limit):
    variables = [contextvars.ContextVar(f"v{k}") for k in range(3)]
    missing = object()

    def here():
        return [variable.get(missing) for variable in variables]

    async def leave(*results):
        for variable, value in zip(variables, after, strict=False):
            variable.set(value)

    async def leave_and_wait(*results):
        await leave()
        await asyncio.sleep(0)

    async def put_back(*results):
        token = variables[0].set(after[0])
        variables[0].reset(token)

    async def look(*results):
        return here()

    async def main():
        for variable, value in zip(variables, before, strict=False):
            variable.set(value)
        mine = here()
        tasks = {"a": leave, "b": look, "c": leave_and_wait, "d": look, "e": put_back, "f": look}
        tasks |= {"g": (look, ["a"]), "h": (leave, ["c"]), "i": (look, ["h"])}
        results = (await manager_of(tasks, max_concurrency=limit).run(keep=True)).results
        for seen in [here(), *(results[name] for name in "bdfgi")]:
            assert [*map(id, seen)] == [*map(id, mine)]

    contextvars.Context().run(asyncio.run, main())


def test_context_variables_of_the_caller_reach_threads():
    async def main():
        var.set("caller")
        tasks = {"plain": var.get, "timed": (var.get, [], {"timeout": 9})}
        tasks["left"] = lambda: var.set("thread") and None
        tasks["after"] = (lambda left: var.get(), ["left"])
        return (await manager_of(tasks, max_threads=1).run()).results

    assert asyncio.run(main()) == {"plain": "caller", "timed": "caller", "after": "caller"}


def test_failures_in_threads_are_logged_with_the_request_id(caplog):
    def fail():
        raise ValueError

    async def main():
        request_id.set("rid-9")
        await manager_of({"fail": fail}).run()

    asyncio.run(main())
    assert caplog.records[0].getMessage() == "background task fail failed, request rid-9"


def test_a_cancellation_left_behind_does_not_hit_the_next_task():
    async def leave():
        asyncio.current_task().cancel()

    async def hit():
        asyncio.current_task().cancel()
        await asyncio.sleep(0)

    report = run(manager_of({"a": leave, "b": once, "c": hit, "d": once, "e": (once, ["c"])}))
    assert outcomes(report) == {"a": "done", "b": "done", "c": "cancelled", "d": "done", "e": "skipped"}
    assert report["e"].cause == "c"


def test_awaiting_something_cancelled_is_the_matter_of_that_task_only():
    async def wait_for_cancelled():
        future = asyncio.get_running_loop().create_future()
        future.cancel()
        await future

    report = run(manager_of({"a": wait_for_cancelled, "b": once}))
    assert outcomes(report) == {"a": "cancelled", "b": "done"}


def test_time_outs_and_task_groups_inside_tasks():
    async def own_timeout():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await asyncio.sleep(60)
        return "went on"

    async def group():
        async with asyncio.TaskGroup() as tasks:
            one, two = tasks.create_task(once()), tasks.create_task(own_timeout())
        return one.result(), two.result()

    async def fail():
        raise ValueError("child")

    async def failing_group():
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(fail())
            tasks.create_task(asyncio.sleep(60))

    async def late():
        async with asyncio.timeout(0.001):
            await asyncio.sleep(60)

    report = run(
        manager_of({"a": own_timeout, "b": group, "c": failing_group, "d": once, "e": late, "f": once})
    )
    assert outcomes(report) == dict(
        zip("abcdef", ["done", "done", "failed", "done", "failed", "done"], strict=True)
    )
    assert report.result("b") == (None, "went on")
    assert isinstance(report["c"].error, ExceptionGroup)
    assert isinstance(report["e"].error, TimeoutError)  # its own, not ours


def count_tasks(manager):
    made = []

    async def main():
        def factory(loop, coro, **options):
            made.append(coro)
            return asyncio.Task(coro, loop=loop, **options)

        asyncio.get_running_loop().set_task_factory(factory)
        await manager.run()
        asyncio.get_running_loop().set_task_factory(None)

    asyncio.run(main())
    return len(made)


def test_only_tasks_that_wait_cost_an_asyncio_task():
    assert count_tasks(manager_of({str(i): nothing for i in range(100)})) == 1
    assert count_tasks(manager_of({str(i): once for i in range(100)}, max_concurrency=10)) <= 11


def test_async_tasks_overlap_up_to_the_limit():
    now = most = 0

    async def task():
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001)
        now -= 1

    assert run(manager_of({str(i): task for i in range(50)}, max_concurrency=7)).ok
    assert most == 7


def test_neither_kind_of_task_starves_the_other_in_a_single_lane():
    for first, second in [(once, lambda: None), (lambda: None, once)]:
        tasks = {f"first {i}": first for i in range(20)} | {"second": second}
        report = run(manager_of(tasks, max_concurrency=1))
        assert report.ok
        assert report["second"].ended <= report["first 19"].started


def test_no_task_starts_before_what_it_waits_for_has_ended():
    """Also on the loop, behind a failure whose log line takes its time: meanwhile threads go on."""
    logging_it, parent_has_ended = threading.Event(), threading.Event()

    class Slow(logging.Handler):
        def emit(self, record):
            logging_it.set()
            assert parent_has_ended.wait(10)

    async def fails():
        raise ValueError

    tasks = {
        "fails": fails,
        "parent": lambda: logging_it.wait(10),
        "child": (nothing, ["parent"]),
        "behind": (lambda parent: parent_has_ended.set(), ["parent"]),
    }
    log, slow = logging.getLogger("course.tasks"), Slow()
    log.addHandler(slow)
    try:
        report = run(manager_of(tasks))
    finally:
        log.removeHandler(slow)
    assert outcomes(report) == {"fails": "failed", "parent": "done", "child": "done", "behind": "done"}
    assert report["parent"].ended <= report["child"].started


def test_loop_lanes_give_way_to_a_sync_task():
    met = threading.Event()

    async def wait():
        while not met.is_set():
            await asyncio.sleep(0.001)

    tasks = {f"async {i}": wait if i > 5 else once for i in range(20)} | {
        "sync": (lambda *_: met.set(), ["async 4"])
    }
    assert run(manager_of(tasks, max_concurrency=2)).ok


def test_thread_lanes_give_way_to_an_async_task():
    met = threading.Event()

    async def meet(*results):
        met.set()

    def wait():
        assert met.wait(15)

    tasks = {f"sync {i}": wait if i > 5 else lambda: None for i in range(20)} | {"async": (meet, ["sync 4"])}
    assert run(manager_of(tasks, max_concurrency=2)).ok


# Failures that are not Exceptions


@pytest.mark.parametrize("error", [SystemExit, StopIteration, StopAsyncIteration, GeneratorExit])
@pytest.mark.parametrize("options", [{}, {"timeout": 9}])
def test_whatever_a_sync_task_raises_is_a_failure(error, options):
    def fail():
        raise error

    report = run(manager_of({"a": (fail, [], options), "b": (nothing, ["a"]), "c": lambda: None}))
    assert outcomes(report) == {"a": "failed", "b": "skipped", "c": "done"}


@pytest.mark.parametrize("error", [SystemExit, StopIteration, StopAsyncIteration, BaseException])
@pytest.mark.parametrize("wait", [False, True])
def test_whatever_an_async_task_raises_is_a_failure(error, wait):
    async def fail():
        if wait:
            await asyncio.sleep(0)
        raise error

    report = run(manager_of({"a": fail, "b": (nothing, ["a"]), "c": nothing}))
    assert outcomes(report) == {"a": "failed", "b": "skipped", "c": "done"}


def test_keyboard_interrupt_stops_the_run_and_leaves_the_loop_alone():
    async def interrupt(slow):
        raise KeyboardInterrupt

    async def slow():
        await asyncio.sleep(60)

    tasks = {"slow": slow, "sync": lambda: None, "stop": (interrupt, ["sync"]), "never": (nothing, ["slow"])}
    began = time.perf_counter()
    report = run(manager_of(tasks))
    assert outcomes(report) == {"slow": "cancelled", "sync": "done", "stop": "failed", "never": "cancelled"}
    assert time.perf_counter() - began < 10


# Cancellation


def cancel_after(manager, moment):
    """Cancel the run after some turns of the event loop; -> whether it was, and the report."""
    reports: list[Report] = []
    manager._on_report = reports.append

    async def main():
        task = asyncio.create_task(manager.run())
        for _ in range(moment):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert len(asyncio.all_tasks()) == 1  # nothing is left over
        return task.cancelled()

    return asyncio.run(main()), reports


def test_cancellation_at_every_await_point():
    async def waits(*results):
        for _ in range(3):
            await asyncio.sleep(0)

    async def group(*results):
        async with asyncio.TaskGroup() as tasks, asyncio.timeout(60):
            tasks.create_task(waits())
            await waits()

    for moment in range(100):
        tasks = {
            "a": waits,
            "b": (group, ["a"]),
            "c": (waits, ["a"], {"timeout": 60}),
            "d": (nothing, ["b", "c"]),
        }
        cancelled, reports = cancel_after(manager_of(tasks), moment)
        if not cancelled:
            break
        for report in reports:
            seen = [record.outcome for record in report.values()]
            assert set(seen) <= {Outcome.DONE, Outcome.CANCELLED}
            assert Outcome.CANCELLED in seen or report.ok  # too late to stop anything
    assert 10 < moment < 100
    assert reports[0].ok


def test_a_task_that_swallows_one_cancellation_is_done():
    async def stubborn():
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return "anyway"

    cancelled, [report] = cancel_after(manager_of({"a": stubborn, "b": (nothing, ["a"])}), 5)
    assert cancelled
    assert outcomes(report) == {"a": "done", "b": "cancelled"}


def test_a_task_that_swallows_every_cancellation_is_left_behind(monkeypatch):
    monkeypatch.setattr(_run, "GRACE", 0.01)
    release = None

    async def deaf():
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    reports = []

    async def main():
        nonlocal release
        release = asyncio.Event()
        manager = manager_of({"a": deaf, "b": (nothing, ["a"])}, on_report=reports.append)
        task = asyncio.create_task(manager.run())
        await asyncio.sleep(0.001)
        task.cancel()
        async with asyncio.timeout(5):
            await asyncio.wait([task])
        assert task.cancelled()
        gc.collect()
        release.set()
        while _run._left_behind:
            await asyncio.sleep(0)

    asyncio.run(main())
    assert outcomes(reports[0]) == {"a": "cancelled", "b": "cancelled"}


def test_cancellation_does_not_wait_for_threads():
    go, started = threading.Event(), threading.Event()

    def block():
        started.set()
        go.wait(20)

    reports = []
    tasks = {"sync": block, "timed": (block, [], {"timeout": 60}), "never": (nothing, ["sync"])}

    async def main():
        task = asyncio.create_task(manager_of(tasks, max_threads=1, on_report=reports.append).run())
        while not started.is_set():
            await asyncio.sleep(0.001)
        task.cancel()
        began = time.perf_counter()
        await asyncio.wait([task])
        assert time.perf_counter() - began < 10

    try:
        asyncio.run(main())
    finally:
        go.set()
    assert set(outcomes(reports[0]).values()) == {"cancelled"}


def test_a_run_within_a_time_out():
    async def main():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await manager_of({"a": lambda: None, "b": asyncio.Event().wait}).run()

    asyncio.run(main())


# Threads


def test_the_threads_of_a_manager_are_shared_by_its_runs_and_never_more_than_its_limit():
    lock, now, most, names = threading.Lock(), 0, 0, set()

    def task():
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
            names.add(threading.current_thread().name)
        time.sleep(0.001)
        with lock:
            now -= 1

    async def main():
        manager = manager_of({str(i): task for i in range(10)}, max_threads=3)
        return await asyncio.gather(*(manager.run() for _ in range(10)))

    assert all(report.ok for report in asyncio.run(main()))
    assert most == 3
    assert len(names) == 3


@pytest.mark.parametrize("options", [{}, {"timeout": 60}, {"retry": retry_transient()}])
def test_a_sync_task_can_call_the_event_loop_through_anyio(options):
    """As a `def` background task of FastAPI can."""

    async def on_loop(value):
        await asyncio.sleep(0)
        return value, asyncio.get_running_loop(), var.get()

    def in_thread(*results):
        value, loop, who = anyio.from_thread.run(on_loop, "value")
        assert anyio.from_thread.run_sync(asyncio.get_running_loop) is loop
        return value, loop, who

    manager = manager_of({"a": (in_thread, [], options), "b": (in_thread, ["a"])}, max_threads=1)

    async def main():
        var.set("caller")
        report = await manager.run(keep=True)
        report.raise_for_failure()
        loop = asyncio.get_running_loop()
        assert report.results == dict.fromkeys("ab", ("value", loop, "caller"))

    for _ in range(2):  # the thread may be the same, the event loop is another
        asyncio.run(main())


def test_a_late_thread_is_given_up_honestly():
    go = threading.Event()
    calls = []

    def late():
        calls.append(1)
        go.wait(20)
        return "too late"

    tasks = {
        "late": (late, [], {"timeout": 0.01, "retry": retry_transient()}),
        "after": (lambda late: None, ["late"]),
        "other": (lambda: "done", [], {"timeout": 20}),
    }
    manager = manager_of(tasks, max_threads=2)
    report = run(manager)
    assert outcomes(report) == {"late": "timed out", "after": "skipped", "other": "done"}
    assert calls == [1]  # no second attempt beside the first
    assert manager._threads._running == 2  # it holds its thread
    go.set()
    assert report["late"].lane.startswith("course.tasks")


def test_waiting_for_a_thread_is_no_part_of_the_time_out():
    """A minute passes, by the loop's clock, while the second task waits for the only thread."""
    go = threading.Event()

    async def main():
        loop = asyncio.get_running_loop()
        tasks = {"first": lambda: go.wait(20) and None, "second": (lambda: None, [], {"timeout": 50})}
        running = asyncio.create_task(manager_of(tasks, max_threads=1).run())
        for _ in range(50):
            await asyncio.sleep(0)
        now = loop.time
        loop.time = lambda: now() + 60
        for _ in range(50):
            await asyncio.sleep(0)
        go.set()
        return await running

    assert asyncio.run(main()).ok


def test_the_event_loop_may_end_before_a_thread():
    go, ended = threading.Event(), threading.Event()

    def late(*results):
        go.wait(20)
        ended.set()

    run(manager_of({"late": (late, [], {"timeout": 0.001})}))
    go.set()
    assert ended.wait(20)


def test_a_task_that_never_returns_does_not_keep_the_process():
    program = """
import asyncio, threading
from course.tasks import TaskManager
manager = TaskManager()
manager.add_task("a", threading.Event().wait, timeout=0.05)
manager.add_task("b", threading.Event().wait)
async def main():
    task = asyncio.create_task(manager.run())
    await asyncio.sleep(0.1)
    task.cancel()
asyncio.run(main())
print("end")
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
    assert ended.stdout == "end\n"


# Many runs


def test_a_thousand_runs_at_the_same_time_share_nothing():
    manager = TaskManager(inputs=["n"])
    manager.add_task("sync", lambda n: n + 1, ["n"])

    @manager.task(depends_on=["sync"])
    async def wait(sync):
        await asyncio.sleep(0)
        return sync + 1

    manager.add_task("end", lambda wait, n: (n, wait), ["wait", "n"])

    async def main():
        return await asyncio.gather(*(manager.run(n=n) for n in range(1000)))

    reports = asyncio.run(main())
    assert [report.result("end") for report in reports] == [(n, n + 2) for n in range(1000)]


def test_a_task_that_adds_tasks_changes_the_next_run():
    manager = TaskManager()

    async def add():
        if len(manager.tasks) == 1:
            manager.add_task("late", nothing, ["add"])

    manager.add_task("add", add)
    assert outcomes(run(manager)) == {"add": "done"}
    assert outcomes(run(manager)) == {"add": "done", "late": "done"}


def test_inputs_that_are_missing_or_unknown_are_reported():
    manager = TaskManager(inputs=["n"])
    manager.add_task("a", lambda n: n, ["n"])
    assert "'n'" in str(run(manager).error)
    assert "'m'" in str(run(manager, n=1, m=2).error)
    assert "'b'" in str(run(manager, n=1, keep=["b"]).error)
    assert run(manager, n=1).results == {"a": 1}


# Memory


class Big:
    pass


def test_a_result_is_dropped_when_its_last_consumer_has_it():
    seen = []
    refs = []

    async def load():
        big = Big()
        refs.append(weakref.ref(big))
        return big

    async def first(load):
        del load
        await asyncio.sleep(0)
        seen.append(refs[0]() is not None)  # last still has to get it

    async def last(load, first):
        del load
        await asyncio.sleep(0)
        seen.append(refs[0]() is not None)

    tasks = {"load": load, "first": (first, ["load"]), "last": (last, ["load", "first"])}
    gc.disable()
    try:
        report = run(manager_of(tasks))
    finally:
        gc.enable()
    assert seen == [True, False]
    assert report.results == {"last": None}
    with pytest.raises(KeyError, match=r"was dropped.*keep=\['load'\]"):
        report.result("load")
    with pytest.raises(KeyError, match="no task 'lod'"):
        report.result("lod")


@pytest.mark.parametrize(
    ("keep", "kept"),
    [(None, "cd"), (True, "abcd"), (False, ""), ([], ""), (["a"], "a"), (["c", "b"], "bc"), ("a", "a")],
)
def test_keep(keep, kept):
    tasks = {"a": lambda: 1, "b": (lambda a: 2, ["a"]), "c": (lambda a, b: 3, ["a", "b"]), "d": lambda: 4}
    assert "".join(run(manager_of(tasks), keep=keep).results) == kept


def test_results_that_nobody_came_for_are_dropped_at_the_end():
    def fail():
        raise ValueError

    report = run(manager_of({"a": Big, "b": fail, "c": (lambda a, b: 0, ["a", "b"])}))
    assert report.results == {}
    assert not any(isinstance(value, Big) for value in report._results)
    with pytest.raises(KeyError, match="it is failed"):
        report.result("b")


@pytest.mark.parametrize("task", [nothing, lambda *results: None], ids=["async", "sync"])
def test_a_run_is_freed_without_the_garbage_collector(task, monkeypatch):
    runs = []
    finish = _run.Run.finish

    async def watched(self):
        runs.append(weakref.ref(self))
        await finish(self)

    monkeypatch.setattr(_run.Run, "finish", watched)
    gc.collect()
    gc.disable()
    try:
        manager = manager_of({str(i): (task, [str(i - 1)] if i else []) for i in range(10)})
        run(manager)
        deadline = time.perf_counter() + 10
        while runs[0]() is not None and time.perf_counter() < deadline:
            time.sleep(0.001)  # a thread may still be on its way out
        assert runs[0]() is None
    finally:
        gc.enable()


def test_a_task_costs_less_than_a_kibibyte():
    def build(n):
        manager = TaskManager()
        for i in range(n):
            manager.add_task(f"task {i}", nothing, [f"task {k}" for k in range(max(i - 3, 0), i)])
        return manager

    run(build(10))
    n = 5000
    tracemalloc.start()
    try:
        report = run(build(n))
        assert report.ok
        assert tracemalloc.get_traced_memory()[1] / n < 1024
    finally:
        tracemalloc.stop()


# Fairness


async def longest_hold(work):
    """For how many seconds of work the event loop was held at most (a busy machine adds others' seconds)."""
    longest, last = 0.0, time.process_time()

    async def beat():
        nonlocal longest, last
        while True:
            await asyncio.sleep(0)
            now = time.process_time()
            longest, last = max(longest, now - last), now

    pulse = asyncio.create_task(beat())
    await asyncio.sleep(0)
    await work
    pulse.cancel()
    return longest


@pytest.mark.parametrize("task", [nothing, lambda *results: None], ids=["async", "sync"])
def test_a_hundred_thousand_tasks_do_not_hold_the_loop(task):
    manager = TaskManager()
    for i in range(100_000 if task is nothing else 30_000):
        manager.add_task(str(i), task, [str(i - 3)] if i > 2 else [])
    gc.collect()
    gc.freeze()  # the collector's own pauses are not the matter here
    try:  # the same work takes longer while others use the processor's caches
        assert any(asyncio.run(longest_hold(manager.run())) < 0.05 for _ in range(4))
    finally:
        gc.unfreeze()
