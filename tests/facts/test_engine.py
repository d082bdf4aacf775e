"""Every experiment gets a verdict, and a surprise names what to revise."""

from __future__ import annotations

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from course import facts as engine
from course.cli import run_inside
from course.facts import Cell, FactsError, Measured, Seen, cells_by_fact, fact
from course.facts.report import show
from tests.facts.conftest import Invent

pytestmark = pytest.mark.long

ENDLESS = "time.sleep(60)"


def only(results: list[Measured]) -> Measured:
    (result,) = results
    return result


def test_holds_and_fails(invent: Invent) -> None:
    facts = invent(
        """
        @fact("X1", "One is one.")
        def same(): return Seen(1 == 1, "1 and 1")
        @fact("X10", "One is ten.")
        def ten(): return Seen(1 == 10, "1 and 10")
        @fact("X2", "One is two.", fails=["python>=3"])
        def two(): return Seen(1 == 2, "1 and 2")
        """
    )
    results = engine.measure(facts, jobs=2)
    assert [(one.fact.id, one.verdict, one.evidence, one.surprise) for one in results] == [
        ("X1", "holds", "1 and 1", False),
        ("X2", "fails", "1 and 2", False),
        ("X10", "fails", "1 and 10", True),
    ]


@pytest.mark.parametrize(
    ("body", "verdict", "evidence"),
    [
        ("raise ValueError('no such thing')", "raised", "ValueError: no such thing (theme.py, line 5)"),
        ("sys.exit(3)", "raised", "SystemExit: 3 (theme.py, line 5)"),
        ("return True", "raised", "TypeError: the experiment returned bool, not Seen"),
        ("print('bye', flush=True); os._exit(7)", "crashed", "status 7 before it had an answer; its last"),
        ("print('bye', flush=True); os._exit(7)", "crashed", "last words: bye"),
        ("ctypes.string_at(0)", "crashed", "before it had an answer"),
        (ENDLESS, "did not end", "no answer after 1 s"),
        ("threading.Thread(target=time.sleep, args=(60,)).start(); return Seen(True, 'x')", "holds", "x"),
        ("print('{}'); print('[]', file=sys.stderr); return Seen(True, 'quiet')", "holds", "quiet"),
    ],
)  # fmt: skip
def test_whatever_an_experiment_does(
    invent: Invent, capfd: pytest.CaptureFixture[str], body: str, verdict: str, evidence: str
) -> None:
    deadline = 1 if body == ENDLESS else 50
    facts = invent(f"@fact('X1', 'It is so.', deadline={deadline})\ndef it():\n    {body}\n")
    started = time.monotonic()
    result = only(engine.measure(facts))
    assert (result.verdict, result.surprise) == (verdict, verdict != "holds")
    assert evidence in result.evidence
    assert time.monotonic() - started < 50
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_what_an_experiment_leaves_behind_ends_with_it(invent: Invent, tmp_path: Path) -> None:
    """A process that holds the file's lock is gone when the verdict is there."""
    held = tmp_path / "held"
    facts = invent(
        f"""
        import multiprocessing
        from filelock import FileLock
        def hold(inside):
            with FileLock({str(held)!r}):
                inside.set(); time.sleep(60)
        @fact("X1", "It is so.")
        def it():
            inside = multiprocessing.get_context("fork").Event()
            multiprocessing.get_context("fork").Process(target=hold, args=(inside,)).start()
            return Seen(inside.wait(30), "held")
        """
    )
    from filelock import FileLock

    assert only(engine.measure(facts)).verdict == "holds"
    with FileLock(held, timeout=20):
        pass


@pytest.mark.parametrize(
    ("known", "fails", "expected"),
    [
        ([], [], "holds"),
        (["starlette>=1.7"], [], "holds"),
        (["starlette>=1000"], [], None),
        (["starlette", "fastapi<0.1"], [], None),
        (["no-such-package"], [], None),
        (["python>=3.11"], [], "holds"),
        (["python; os_name == 'amiga'"], [], None),
        (["starlette>=1.7"], ["fastapi<0.1", "uvicorn>0.1"], "fails"),
        ([], ["fastapi<0.1"], "holds"),
    ],
)
def test_what_is_expected_depends_on_the_versions(
    known: list[str], fails: list[str], expected: str | None
) -> None:
    made = fact("X1", "It is so.", known=known, fails=fails)(lambda: Seen(False, ""))
    assert made.expected == expected
    assert Measured(made, "fails", "", 0.0).surprise == (expected == "holds")
    assert Measured(made, "raised", "", 0.0).surprise == (expected is not None)


OPTIONAL = """
    @fact("X1", "It is so.", needs=["no-such-package", "pytest", "nor-such"])
    def one(): raise ValueError
    @fact("X2", "It is not so.", needs=["pytest"])
    def two(): return Seen(False, "seen")
    @fact("X3", "It cannot be imported.", needs=["pytest"])
    def three(): import no_such_package
    @fact("X4", "It is measured everywhere.")
    def four():
        from importlib.metadata import version
        version("no-such-package")
"""


def test_a_fact_is_not_measured_only_where_what_it_names_is_not_installed(
    command: Command, invent: Invent
) -> None:
    """No experiment can give itself this verdict."""
    command.knows(invent(OPTIONAL), {})
    status, out, _ = command("--json")
    report = json.loads(out)
    assert [(one["verdict"], one["surprise"]) for one in report["facts"]] == [
        ("not measured", False),
        ("fails", True),
        ("raised", True),
        ("raised", True),
    ]
    assert (status, report["surprises"]) == (1, 3)
    first = report["facts"][0]
    assert first["evidence"] == "not installed: no-such-package, nor-such"
    assert first["needs"] == ["no-such-package", "pytest", "nor-such"]
    status, out, _ = command("X1")
    assert status == 0
    assert "not measured" in " ".join(out.replace("measured  ", "measured").split())
    assert "X1 was not measured: not installed: no-such-package, nor-such." in out
    assert "Measured: 0; not as expected: 0." in out


def test_ids_are_in_order_and_unique(invent: Invent) -> None:
    text = "@fact('{id}', 'x')\ndef f{n}(): return Seen(True, '')\n"
    ids = ["F23b", "F10", "B1", "F9", "A2", "F23"]
    facts = invent("".join(text.format(id=id, n=n) for n, id in enumerate(ids)))
    assert [fact.id for fact in facts] == ["A2", "B1", "F9", "F10", "F23", "F23b"]
    with pytest.raises(FactsError, match="The fact F9 is there twice"):
        invent(text.format(id="F9", n=1) + text.format(id="F9", n=2))


def notebook(folder: Path, name: str, number: int, cells: dict[str, list[str]]) -> None:
    made = [{"id": id, "metadata": {"course": {"facts": facts}}} for id, facts in cells.items()]
    made = [{"cell_type": "code", "source": "", **cell} for cell in [*made, {"id": "no-claim"}]]
    folder.joinpath(name).write_text(json.dumps({"metadata": {"course": {"number": number}}, "cells": made}))


def test_cells_are_found_in_the_notebooks(tmp_path: Path) -> None:
    notebook(tmp_path, "03_three.ipynb", 3, {"heartbeat": ["F4", "F5"], "freeze": ["F4"]})
    notebook(tmp_path, "01_one.ipynb", 1, {"first": ["F4"]})
    three = "03_three.ipynb"
    assert cells_by_fact(tmp_path) == {
        "F4": [Cell(1, "01_one.ipynb", "first"), Cell(3, three, "heartbeat"), Cell(3, three, "freeze")],
        "F5": [Cell(3, three, "heartbeat")],
    }


class Command:
    """``python -m course facts`` on invented facts and notebooks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def knows(self, facts: list[engine.Fact], cells: dict[str, list[Cell]]) -> None:
        self._monkeypatch.setattr(engine, "find", lambda: facts)
        self._monkeypatch.setattr(engine, "cells_by_fact", lambda: cells)

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        status = run_inside("facts", arguments)
        return status, *self._capsys.readouterr()


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


TWO = """
    @fact("X1", "A [bold] claim that is long enough for a line of its own, and then for more than that.")
    def one(): return Seen(True, "as expected")
    @fact("X2", "Another claim.")
    def two(): return Seen(False, "1002 ms [sic]")
"""


def test_a_surprise_names_the_cells_to_revise(command: Command, invent: Invent) -> None:
    cells = {"X2": [Cell(3, "03_three.ipynb", "why"), Cell(3, "03_three.ipynb", "so")]}
    command.knows(invent(TWO), cells)
    status, out, err = command("X2", "X1", "X2", "--jobs", "1")
    assert (status, err) == (1, "")
    assert "X2 fails here; expected: holds. Its claim: Another claim." in out
    assert "Revise lesson 03 (03_three.ipynb), cells: why, so" in out
    assert "A [bold] claim" in out
    assert "1002 ms [sic]" in out
    assert "Measured: 2; not as expected: 1. python 3." in out
    assert max(map(len, out.splitlines())) <= 100
    assert "\x1b" not in out


def test_no_surprise(command: Command, invent: Invent) -> None:
    command.knows(invent(TWO), {})
    status, out, _ = command("X1")
    assert status == 0
    assert "not as expected: 0" in out
    assert "Another" not in out


def test_a_surprise_without_a_cell(capsys: pytest.CaptureFixture[str]) -> None:
    made = fact("X1", "It is so.")(lambda: Seen(False, ""))
    show([Measured(made, "fails", "seen", 0.1)], {}, sys.stdout)
    assert "No cell rests on it." in capsys.readouterr().out


def test_an_unknown_id(command: Command, invent: Invent) -> None:
    command.knows(invent(TWO), {})
    assert command("x3", "X1", "nonsense") == (
        2,
        "",
        "There is no fact x3. Did you mean X2, X1?\n"
        "There is no fact nonsense. Without an id, all are measured.\n",
    )


def test_json(command: Command, invent: Invent) -> None:
    command.knows(invent(TWO), {"X2": [Cell(3, "03_three.ipynb", "why")]})
    status, out, said = command("--json")
    report = json.loads(out)
    assert status == 1
    assert "cells: why" in said
    assert list(report) == ["versions", "surprises", "facts"]
    names = {"python", "fastapi", "starlette", "uvicorn", "anyio", "tenacity", "pydantic", "os"}
    assert set(report["versions"]) == names
    assert all(report["versions"].values())
    assert report["surprises"] == 1
    second = report["facts"][1]
    assert second.pop("seconds") >= 0
    assert second == {
        "id": "X2",
        "claim": "Another claim.",
        "verdict": "fails",
        "expected": "holds",
        "surprise": True,
        "evidence": "1002 ms [sic]",
        "known": [],
        "fails": [],
        "needs": [],
        "cells": [{"lesson": 3, "notebook": "03_three.ipynb", "id": "why"}],
    }


def test_no_jobs_is_refused(command: Command) -> None:
    with pytest.raises(SystemExit):
        command("--jobs", "0")


def test_where_processes_cannot_be_forked(invent: Invent, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows: each experiment starts with a fresh Python."""
    from course.facts import _run

    monkeypatch.setattr(_run, "_METHOD", "spawn")
    results = engine.measure(invent(TWO), jobs=2)
    assert [one.verdict for one in results] == ["holds", "fails"]


def test_an_interrupt_ends_what_is_running(invent: Invent) -> None:
    facts = invent(
        """
        @fact("X1", "Quick.")
        def quick(): return Seen(True, "x")
        @fact("X2", "Endless.")
        def endless(): time.sleep(60)
        """
    )

    def interrupt(_: Measured) -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        engine.measure(facts, 2, interrupt)
    assert time.monotonic() - started < 50


def test_an_interrupt_ends_what_is_just_being_started(
    invent: Invent, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = invent(
        """
        @fact("X1", "Quick.")
        def quick(): return Seen(True, "x")
        @fact("X2", "Endless.", deadline=10_000)
        def endless(): time.sleep(10_000)
        """
    )
    interrupted, start, shutdown = threading.Event(), BaseProcess.start, ThreadPoolExecutor.shutdown

    def start_late(process: BaseProcess) -> None:
        if process.name == "X2":
            assert interrupted.wait(60)
        start(process)

    def shut_down(pool: ThreadPoolExecutor, wait: bool = True, **options: bool) -> None:
        interrupted.set()
        shutdown(pool, wait, **options)

    def interrupt(_: Measured) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(BaseProcess, "start", start_late)
    monkeypatch.setattr(ThreadPoolExecutor, "shutdown", shut_down)
    with pytest.raises(KeyboardInterrupt):
        engine.measure(facts, 2, interrupt)
