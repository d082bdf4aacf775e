"""Random graphs against networkx, and what must hold for every run."""

import asyncio
import itertools
import threading
from collections import Counter

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.tasks import CycleError, MissingDependency, Outcome, TaskManager


def oracle(needs: dict[str, list[str]]) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(needs)
    graph.add_edges_from((p, name) for name, parents in needs.items() for p in parents)
    return graph


@st.composite
def digraphs(draw, most=12, cyclic=True):
    """Names in order of registration, with the names that each depends on."""
    size = draw(st.integers(0, most))
    names = [f"t{i}" for i in range(size)]
    rank = draw(st.permutations(names))  # in a graph without cycles: only earlier ones here
    needs = {}
    for name in names:
        others = [n for n in rank if n != name] if cyclic else rank[: rank.index(name)]
        needs[name] = draw(st.lists(st.sampled_from(others), unique=True, max_size=3)) if others else []
    return needs


def manager_of(needs, task=lambda *results: None, **options):
    manager = TaskManager(**options)
    for name, parents in needs.items():
        manager.add_task(name, task, parents)
    return manager


@given(digraphs())
def test_cycles_and_order_agree_with_networkx(needs):
    graph, manager = oracle(needs), manager_of(needs)
    if nx.is_directed_acyclic_graph(graph):
        order = manager.resolve_dependencies()
        place = {name: k for k, name in enumerate(order)}
        assert sorted(order) == sorted(needs)
        assert all(place[p] < place[c] for p, c in graph.edges)
    else:
        with pytest.raises(CycleError) as caught:
            manager.resolve_dependencies()
        path = caught.value.path
        assert path[0] == path[-1]
        assert len(set(path)) == len(path) - 1
        assert all(graph.has_edge(a, b) for a, b in itertools.pairwise(path))
        shortest = min(
            1 + nx.shortest_path_length(graph, c, p) for p, c in graph.edges if nx.has_path(graph, c, p)
        )
        assert len(path) - 1 == shortest


@given(digraphs(), st.data())
def test_an_unknown_name_is_always_found(needs, data):
    needs["last"] = [*list(needs)[:2], "nowhere"]
    with pytest.raises(MissingDependency, match="'last' depends on 'nowhere'"):
        manager_of(needs).build()


class Life:
    """Tasks of every kind, which note what happens to them and check what must hold."""

    def __init__(self, needs, kinds):
        self.needs, self.kinds = needs, kinds
        self.lock = threading.Lock()
        self.starts = Counter()
        self.order = []
        self.finished = set()
        self.now = self.most = 0

    def begin(self, name):
        with self.lock:
            assert self.finished >= set(self.needs[name])
            self.starts[name] += 1
            self.order.append(name)
            self.now += 1
            self.most = max(self.most, self.now)

    def end(self, name):
        with self.lock:
            self.now -= 1
            if "fail" in self.kinds[name]:
                raise ValueError(name)
            self.finished.add(name)
        return name

    def task(self, name):
        kind = self.kinds[name]

        def check(results):
            assert list(results) == self.needs[name]

        async def on_loop(*results):
            check(results)
            self.begin(name)
            try:
                for _ in range(kind.count("wait")):
                    await asyncio.sleep(0)
            finally:
                value = self.end(name)
            return value

        def in_thread(*results):
            check(results)
            self.begin(name)
            if "wait" in kind:
                threading.Event().wait(0.0002)
            return self.end(name)

        return in_thread if kind.startswith("sync") else on_loop

    def manager(self, **options):
        manager = TaskManager(**options)
        for name, parents in self.needs.items():
            timeout = 60 if "timed" in self.kinds[name] else None
            manager.add_task(name, self.task(name), parents, timeout=timeout)
        return manager


KINDS = [
    "async", "async", "async wait", "async wait wait", "async fail", "async wait fail", "async timed",
    "sync", "sync wait", "sync fail", "sync timed",
]  # fmt: skip


@st.composite
def lives(draw, most=14, kinds=KINDS):
    needs = draw(digraphs(most, cyclic=False))
    return Life(needs, {name: draw(st.sampled_from(kinds)) for name in needs})


@given(lives(), st.integers(1, 5), st.integers(1, 3))
def test_every_run_keeps_the_rules(life, limit, threads):
    manager = life.manager(max_concurrency=limit, max_threads=threads)
    report = asyncio.run(asyncio.wait_for(manager.run(keep=True), 30))
    graph = oracle(life.needs)
    failed = {name for name, kind in life.kinds.items() if "fail" in kind}
    skipped = set().union(*(nx.descendants(graph, name) for name in failed))
    for name, record in report.items():
        expected = Outcome.SKIPPED if name in skipped else Outcome.FAILED if name in failed else Outcome.DONE
        assert record.outcome is expected
        assert life.starts[name] == (name not in skipped)  # each at most once
        if record.outcome is Outcome.SKIPPED:
            assert record.cause in failed & nx.ancestors(graph, name)
            assert record.started is record.ended is None
        else:
            assert record.started <= record.ended
            assert all(report[p].ended <= record.started for p in life.needs[name])
    assert life.most <= limit
    assert report.results == {name: name for name in life.needs if report[name].outcome is Outcome.DONE}
    assert report.ok == (not failed)
    assert str(report).count("\n") == len(life.needs)


@given(lives(kinds=["async", "async fail"]), st.integers(1, 4))
def test_the_start_order_is_the_same_every_time_when_nothing_waits(life, limit):
    report = asyncio.run(life.manager(max_concurrency=limit).run())
    assert life.order == [
        n for n in life.manager().resolve_dependencies() if report[n].outcome is not Outcome.SKIPPED
    ]


@given(lives(kinds=[kind for kind in KINDS if "fail" not in kind]), st.integers(0, 12))
def test_cancellation_at_any_moment_leaves_a_complete_report(life, moment):
    reports = []
    manager = life.manager(max_concurrency=3, max_threads=2, on_report=reports.append)

    async def main():
        run = asyncio.create_task(manager.run())
        for _ in range(moment):
            await asyncio.sleep(0)
        run.cancel()
        await asyncio.wait([run], timeout=30)
        assert run.done()
        assert run.cancelled() or moment  # it may have been over before
        return run.cancelled()

    cancelled = asyncio.run(main())
    if not reports:
        assert cancelled  # before it began
        assert not life.starts
        return
    [report] = reports
    for name, record in report.items():
        assert record.outcome in (Outcome.DONE, Outcome.CANCELLED)
        if record.outcome is Outcome.DONE:
            assert life.starts[name] == 1
            assert all(report[p].outcome is Outcome.DONE for p in life.needs[name])
        if record.started is None:
            assert record.outcome is Outcome.CANCELLED
    if not cancelled:
        assert report.ok
