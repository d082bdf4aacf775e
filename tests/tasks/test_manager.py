"""What a program sees of TaskManager."""

import asyncio
import time

import pytest

from course.tasks import (
    BadOption,
    CoroutineGiven,
    CycleError,
    DuplicateTask,
    MissingDependency,
    NotCallable,
    SelfDependency,
    SignatureMismatch,
    TaskDependency,
    TaskGraphError,
    TaskManager,
)


async def nothing() -> None: ...


def outcomes(report):
    return {name: str(record.outcome) for name, record in report.items()}


def run(manager, **options):
    return asyncio.run(manager.run(**options))


def test_sync_and_async_tasks_pass_data_by_name_and_by_position():
    manager = TaskManager()
    manager.add_task("report", lambda stats, clean: f"{clean} total {stats}", ["clean", "stats"])
    manager.add_task("clean", lambda rows: [10 * row for row in rows], ["load"])

    @manager.task(depends_on=["load"])
    async def stats(load):
        await asyncio.sleep(0)
        return sum(load)

    manager.add_task("load", lambda: [1, 2, 3])
    assert manager.resolve_dependencies() == ["load", "clean", "stats", "report"]
    report = run(manager)
    assert report.ok
    assert report.results == {"report": "[10, 20, 30] total 6"}


def test_independent_branches_overlap():
    met = []

    async def meet():
        met.append(1)
        async with asyncio.timeout(5):
            while len(met) < 3:
                await asyncio.sleep(0)

    manager = TaskManager()
    for name in "abc":
        manager.add_task(name, meet)
    assert run(manager).ok


def test_a_failure_skips_exactly_its_descendants():
    def fail():
        raise ValueError("bad row")

    manager = TaskManager()
    manager.add_task("load", fail)
    manager.add_task("clean", lambda load: load, ["load"])
    manager.add_task("save", lambda clean: clean, ["clean"])
    manager.add_task("mail", nothing)
    report = run(manager)
    assert outcomes(report) == {"load": "failed", "clean": "skipped", "save": "skipped", "mail": "done"}
    assert report["save"].cause == "load"
    assert str(report) == (
        "4 tasks: 1 done, 1 failed, 2 skipped\n"
        "  load   failed: ValueError: bad row\n"
        "  clean  skipped: because load failed\n"
        "  save   skipped: because load failed\n"
        "  mail   done"
    )


@pytest.mark.parametrize(
    ("error", "add", "words"),
    [
        (DuplicateTask, lambda m: m.add_task("a", nothing), ["'a'"]),
        (DuplicateTask, lambda m: m.add_task("order", nothing), ["'order'"]),
        (SelfDependency, lambda m: m.add_task("b", nothing, ["b"]), ["'b'"]),
        (NotCallable, lambda m: m.add_task("b", 7), ["'b'", "int"]),
        (CoroutineGiven, lambda m: m.add_task("b", nothing()), ["'b'", "nothing"]),
        (SignatureMismatch, lambda m: m.add_task("b", lambda x: x), ["'b'", "'x'"]),
        (SignatureMismatch, lambda m: m.add_task("b", lambda x: x, ["a", "c"]), ["'a', 'c'", "'x'"]),
        (SignatureMismatch, lambda m: m.add_task("b", nothing, kwargs={"x": 1}), ["'b'", "'x'"]),
        (BadOption, lambda m: m.add_task("b", nothing, "a"), ["'a'"]),
        (BadOption, lambda m: m.add_task("b", nothing, timeout=0), ["'b'", "0"]),
        (BadOption, lambda m: m.add_task("b", nothing, retry=3), ["'b'", "3"]),
        (BadOption, lambda m: TaskManager(max_concurrency=0), ["max_concurrency"]),
    ],
)
def test_mistakes_are_refused_when_they_are_made(error, add, words):
    manager = TaskManager(inputs=["order"])
    manager.add_task("a", nothing)
    with pytest.raises(error) as caught:
        add(manager)
    assert isinstance(caught.value, TaskGraphError)
    for word in words:
        assert word in str(caught.value)


def test_an_unknown_dependency_is_refused_with_the_nearest_name():
    manager = TaskManager()
    manager.add_task("load_rows", nothing)
    manager.add_task("clean", nothing, ["load_row"])
    with pytest.raises(MissingDependency, match=r"'clean' depends on 'load_row'.*Did you mean 'load_rows'"):
        manager.resolve_dependencies()
    manager = TaskManager()
    manager.add_task("clean", nothing, ["zzz"])
    with pytest.raises(MissingDependency) as caught:
        manager.resolve_dependencies()
    assert "Did you mean" not in str(caught.value)


def test_a_cycle_is_refused_with_a_shortest_path():
    manager = TaskManager()
    for name, needs in {"a": ["c"], "b": ["a"], "c": ["b", "d"], "d": ["c"], "after": ["a"]}.items():
        manager.add_task(name, nothing, needs)
    with pytest.raises(CycleError) as caught:
        manager.resolve_dependencies()
    assert sorted(set(caught.value.path)) == ["c", "d"]
    assert "->" in str(caught.value)


def test_run_reports_a_broken_graph_instead_of_raising(caplog):
    manager = TaskManager()
    manager.add_task("a", nothing, ["b"])
    report = run(manager)
    assert not report.ok
    assert isinstance(report.error, MissingDependency)
    assert outcomes(report) == {"a": "skipped"}
    assert "was not run" in caplog.text


def test_task_dependency_is_another_way_to_say_the_same():
    manager = TaskManager()
    manager.add_task("a", TaskDependency(task=lambda n: n + 1, kwargs={"n": 1}))
    manager.add_task("b", TaskDependency(task=lambda a: a + 1, depends_on=["a"], timeout=5))
    assert run(manager).result("b") == 3
    assert manager.tasks["b"].depends_on == ("a",)
    assert manager.tasks["b"].timeout == 5


def test_sync_tasks_overlap_in_threads():
    import threading

    barrier = threading.Barrier(3, timeout=5)
    manager = TaskManager()
    for name in "abc":
        manager.add_task(name, lambda: barrier.wait() and None)
    assert run(manager).ok


def test_empty_graph():
    assert run(TaskManager()).ok


def test_time_out_of_async_task_fires():
    manager = TaskManager()
    manager.add_task("slow", lambda: None)
    stopped = []

    @manager.task(timeout=0.01)
    async def forever():
        try:
            await asyncio.sleep(60)
        finally:
            stopped.append(1)

    began = time.perf_counter()
    report = run(manager)
    assert outcomes(report) == {"slow": "done", "forever": "timed out"}
    assert stopped
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize("bad", [{"timeout": 0}, {"retry": 3}, {"kwargs": {"x": 1}}, {"args": [1, 2, 3]}])
@pytest.mark.parametrize("task", [lambda a: a, lambda *, a, b=1: a, nothing])
def test_a_task_that_was_refused_leaves_nothing_behind(task, bad):
    manager = TaskManager(inputs=["a", "b"])
    with pytest.raises(TaskGraphError):
        manager.add_task("task", task, ["b", "a"], **bad)
    manager.add_task("task", lambda *results: results, ["b", "a"])
    assert run(manager, a=1, b=2).result("task") == (2, 1)
    assert manager.tasks["task"].retry is manager.tasks["task"].timeout is None
    assert manager.tasks["task"].task is not task
