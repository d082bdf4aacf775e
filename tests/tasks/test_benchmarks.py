"""The benchmark still runs (what it measures is not for a test)."""

import asyncio
import time

from benchmarks.__main__ import SLOW, goals, measure, memory, shown_progress, table, taking_part
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


def test_it_says_all_the_time_what_it_measures(capsys):
    seen = []

    def progress(done, total, what):
        seen.append((done, total, what))

    asyncio.run(measure(["noop"], [5], 2, time.process_time, progress=progress))
    counts = [done for done, *_ in seen]
    assert counts == sorted(counts)
    assert {total for _, total, _ in seen} == {counts[-1]}
    with shown_progress() as show:  # no terminal here: a line for each stage
        for done, total, what in seen:
            show(done, total, what)
    assert capsys.readouterr().err.split("\n")[0] == "noop, N = 5"


def test_a_round_that_does_not_fit_into_the_time_is_left_out():
    turns = []
    times = asyncio.run(measure(["noop"], [5], 50, time.process_time, 0, lambda *now: turns.append(now)))
    done, total, _ = turns[-2]
    assert times  # the first round is always measured
    assert done < total / 10


def test_in_haste_the_slow_ones_get_small_graphs_only():
    assert {c.name for c in taking_part("noop", 1000, hasty=True)}.isdisjoint(SLOW)
    assert {c.name for c in taking_part("noop", 1000)} >= {
        c.name for c in taking_part("noop", 1000, hasty=True)
    }
