"""What the lesson's experiments say, and the explorer's two faces."""

import re
from typing import Any

import pytest

from course.lessons.sync_and_async.burst import burst
from course.lessons.sync_and_async.explorer import Explorer, explore
from course.lessons.sync_and_async.kinds import IN_PROCESS, NAMES, compare_kinds, observe
from course.lessons.sync_and_async.provider import Provider
from course.notebook import cells, read_raw, source
from course.paths import NOTEBOOKS


@pytest.mark.parametrize("kind", NAMES)
def test_only_a_coroutine_that_blocks_makes_everybody_wait(kind: str) -> None:
    seen = observe(kind, requests=2, seconds=0.04)
    assert seen.others_wait == (kind == "async, blocking")
    assert len(seen.timeline.tasks) == 2
    where = "worker thread" if kind.startswith("def") else "event loop"
    assert {task.thread for task in seen.timeline.tasks} == {where}


def test_what_is_seen_is_said_with_the_marks_of_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = observe("def, waiting", requests=1, seconds=0.01)
    monkeypatch.setenv("COURSE_LANGUAGE", "zh_CN")
    assert repr(seen).splitlines()[0] == "waits：工作线程"
    assert ": " not in repr(seen)


def test_a_burst_starves_def_endpoints_when_the_tokens_are_used_up() -> None:
    def plainly(provider: Provider) -> None:
        provider.call()

    async def without_thread(provider: Provider) -> None:
        await provider.call_async()

    assert str(burst(plainly)) == "a def endpoint answers: False; calls at the provider at once: 40"
    assert str(burst(without_thread)) == "a def endpoint answers: True; calls at the provider at once: 45"


def test_a_comparison_has_a_line_for_each() -> None:
    shown = compare_kinds(("async, awaiting", 2), ("async, blocking", 1), seconds=0.02)
    assert str(shown).splitlines() == [
        "2 × async, awaiting  others are answered meanwhile",
        "1 × async, blocking  everybody waits until it is over",
    ]
    html = shown._repr_mimebundle_()["text/html"]
    assert html.startswith("<pre>2 × async")
    assert '<svg class="timed"' in html


@pytest.fixture
def explorer() -> Explorer:
    return explore(kind="async, awaiting", requests=1, milliseconds=20)


def test_the_explorer_has_a_text_face_without_times(explorer: Explorer) -> None:
    data: Any = explorer._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert data["text/plain"] == repr(explorer)
    assert repr(explorer).startswith(
        "async, awaiting · requests: 1 · each task: 20 ms\nawaits: event loop\n"
        "Bob was answered while it ran: the others get their turn.\n"
    )
    assert f'explore(kind="{IN_PROCESS}"' in repr(explorer)


def test_the_explorer_runs_what_the_front_end_asks_for(explorer: Explorer) -> None:
    before = explorer.seen
    explorer._receive(None, {"kind": "async, blocking", "requests": 2, "milliseconds": 20}, [])
    assert explorer.setting == {"kind": "async, blocking", "requests": 2, "milliseconds": 20}
    assert explorer.seen["run"] == before["run"] + 1
    assert "everybody waits" in explorer.seen["words"]
    assert explorer.seen["picture"].startswith('<svg class="timed"')


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"kind": "thread"}, "There is no kind 'thread'"),
        ({"requests": 0}, "requests is a whole number from 1 to 12"),
        ({"milliseconds": 0.5}, "milliseconds is a whole number from 20 to 200, and not 0.5"),
    ],
)
def test_the_explorer_says_what_is_possible(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        explore(**setting)


def cells_of(pattern: str) -> dict[str, Any]:
    """The cells of the one notebook whose name fits, by their ids."""
    (path,) = NOTEBOOKS.glob(pattern)
    return {cell["id"]: cell for cell in cells(read_raw(path))}


def test_each_row_of_the_decision_table_leads_to_a_cell() -> None:
    here = "*_sync_and_async.ipynb"
    rows = [line for line in source(cells_of(here)["decide"]).splitlines() if line.startswith("|")][2:]
    assert len(rows) >= 8
    for row in rows:
        proofs = re.findall(r"\((\w+\.ipynb)?#cell-id=([a-z0-9-]+)\)", row)
        assert proofs, row
        for notebook, proof in proofs:
            cell = cells_of(notebook or here)[proof]
            assert cell["cell_type"] == "code"
            assert cell["outputs"], proof
