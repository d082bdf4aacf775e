"""The benchmark still runs (what it measures is not for a test)."""

import asyncio
import time

from benchmarks.__main__ import goals, measure, memory, table
from benchmarks.contenders import CONTENDERS, OURS
from benchmarks.shapes import SHAPES, TASKS


def test_every_contender_that_is_installed_runs_every_shape(capsys):
    times = asyncio.run(measure(["noop", "sync"], [5], 1, time.process_time))
    here = {contender for *_, contender in times}
    assert OURS in here
    assert len(here) >= 7  # those of the standard library are always there
    assert here <= {contender.name for contender in CONTENDERS}
    table("title", times, "noop", lambda build, run: build + run)
    goals(times, asyncio.run(memory(20)))
    assert OURS in capsys.readouterr().out


def test_shapes_are_graphs_in_a_right_order():
    for make in SHAPES.values():
        graph = make(50)
        place = {name: i for i, name in enumerate(graph)}
        assert all(place[need] < place[name] for name, needs in graph.items() for need in needs)
        assert len(graph) == 50
    assert asyncio.run(TASKS["once"]()) is None
