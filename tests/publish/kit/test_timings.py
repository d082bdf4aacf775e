"""Planned and measured: from good journals, torn ones, foreign ones, and none."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from course.practice import Entry, lesson, read_journal
from course.publish.kit import timings
from course.publish.kit.timings import Timings, read_timings, to_csv, to_svg
from tests.publish.kit.taught import LESSONS as TAUGHT

NINE = datetime(2030, 1, 1, 9, tzinfo=UTC)
TEXT = lesson("after_the_response").text
WRONG = next(
    (id, letter, option.misconception)
    for id, question in TEXT.questions.items()
    for letter, option in question.options.items()
    if question.kind == "quiz" and option.misconception
)


def line(minute: float, kind: str = "check", id: str = "after.welcome", **fields: object) -> str:
    at = NINE + timedelta(minutes=minute)
    return Entry(at=at, kind=kind, id=id, **fields).model_dump_json(exclude_none=True) + "\n"  # type: ignore[arg-type]


def journal(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def read(*paths: Path, names: bool = False) -> Timings:
    return read_timings(paths, TAUGHT, names=names)


def test_minutes_are_those_between_entries_without_pauses(tmp_path: Path) -> None:
    entries = [line(0), line(10), line(15), line(75), line(80), line(83, id="services.confirm")]
    found = read(journal(tmp_path / "a.jsonl", *reversed(entries)))
    assert dict(found.learners[0].minutes) == {"after_the_response": 20, "services": 3}
    assert [(row.planned, row.measured) for row in found.rows] == [(35, (20,)), (35, (3,))]


def test_a_class(tmp_path: Path) -> None:
    """Three learners, half an hour each: median, range, ideas by how many have them."""
    id, letter, idea = WRONG
    for name, minutes in {"a": 10, "b": 14, "c": 19}.items():
        ends = line(minutes, "answer", id, chosen=[letter], right=False)
        more = [line(0), ends] if name != "c" else [line(0), line(minutes, state="passed")]
        journal(tmp_path / f"{name}.jsonl", *more, *([ends] if name == "a" else []))
    found = read(tmp_path)
    [row] = found.rows
    assert (row.measured, row.median) == ((10, 14, 19), 14)
    assert [(seen.id, seen.learners) for seen in found.ideas] == [(idea, 2)]
    said = str(found)
    assert "01 · After the response   35 min    14 min       10–19         3" in said
    assert f"  2 of 3  {TEXT.misconceptions[idea].belief} Cure: “" in said
    assert "is the time between one entry of a journal" in said
    assert found.remarks == ()


def test_a_missed_check_shows_its_idea(tmp_path: Path) -> None:
    name, miss = next(
        (name, miss) for name, miss in TEXT.exercises["after.welcome"].misses.items() if miss.misconception
    )
    entries = [line(0, state="not yet", miss=name), line(1, state="not yet", miss="engine.raised")]
    found = read(journal(tmp_path / "a.jsonl", *entries))
    assert [seen.id for seen in found.ideas] == [miss.misconception]


def test_learners_have_no_names_unless_asked(tmp_path: Path) -> None:
    paths = [journal(tmp_path / f"{name}.jsonl", line(0), line(len(name))) for name in ("Ada", "Grace")]
    without, named = read(*paths), read(*paths, names=True)
    assert {learner.name for learner in without.learners} == {"learner 1", "learner 2"}
    assert "Ada" not in str(without) + to_csv(without) + to_svg(without)
    assert {learner.name for learner in named.learners} == {str(path) for path in paths}
    assert read(*reversed(paths)).learners == without.learners, "the order of the files tells nothing"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty: nothing was done"),
        (b"\n\n", "is empty: nothing was done"),
        (b"\x00\xff\xfe garbage \x80", "is not a journal of this course"),
        (b'{"v": 1}\n[1, 2]\n"x"\n', "is not a journal of this course"),
        (b'{"v": 9, "at": "2030-01-01T00:00:00Z", "kind": "check", "id": "after.welcome"}', "is not a"),
        (line(0, id="other.course").encode(), "is not a journal of this course"),
    ],
)
def test_a_useless_file_gets_a_sentence(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    path.write_bytes(content)
    found = read(path)
    assert len(found.remarks) == 1
    assert says in found.remarks[0]
    assert str(found) == "There is nothing to measure in these files."
    assert to_csv(found).count("\n") == 1
    ET.fromstring(to_svg(found))


def test_files_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "folder.jsonl").mkdir()
    found = read(tmp_path / "nobody.jsonl", tmp_path / "empty", tmp_path / "folder.jsonl")
    assert len(found.remarks) == 3
    assert "cannot be read: No such file" in found.remarks[0]
    assert all("There is no *.jsonl in" in remark for remark in found.remarks[1:])


def test_a_torn_line_costs_that_line_only(tmp_path: Path) -> None:
    naive = '{"v":1,"at":"2030-01-01T09:05:00","kind":"hint","id":"after.welcome","number":1}\n'
    path = journal(tmp_path / "j.jsonl", line(0), naive, line(3), line(1, id="after.gone"), line(9)[:40])
    entries, unreadable = read_journal(path)
    assert (len(entries), unreadable) == (4, 1)
    found = read(path)
    assert found.rows[0].measured == (5,)
    assert "1 of its lines cannot be read" in found.remarks[0]
    assert "1 entries are about exercises or questions that this course does not have" in found.remarks[1]


def test_the_same_journal_twice_counts_once(tmp_path: Path) -> None:
    paths = [journal(tmp_path / name, line(0), line(5)) for name in ("a.jsonl", "b.jsonl")]
    found = read(*paths)
    assert len(found.learners) == 1
    assert "Counted once." in found.remarks[0]


def test_the_table_for_a_spreadsheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = journal(Path("=cmd.jsonl"), line(0), line(5, state="passed"), line(9, state="passed"))
    rows = list(csv.DictReader(io.StringIO(to_csv(read(name, names=True)))))
    assert rows == [
        {
            "learner": "'=cmd.jsonl",
            "lesson": "after_the_response",
            "exercise": "",
            "planned_minutes": "35",
            "measured_minutes": "9.0",
            "failed_checks": "0",
            "passed": "1",
        },
        {
            "learner": "'=cmd.jsonl",
            "lesson": "after_the_response",
            "exercise": "after.welcome",
            "planned_minutes": "",
            "measured_minutes": "9.0",
            "failed_checks": "0",
            "passed": "1",
        },
    ]
    Path("timings.csv").write_text(to_csv(read(name)), encoding="utf-8", newline="")
    assert timings.medians(Path("timings.csv")) == {"after_the_response": 9.0}
    assert timings.medians(Path("none.csv")) == {}


def test_the_picture_says_what_it_shows(tmp_path: Path) -> None:
    found = read(journal(tmp_path / "a.jsonl", line(0), line(5), line(6, id="services.confirm")))
    svg = to_svg(found)
    assert svg == to_svg(found)
    root = ET.fromstring(svg)
    name = {"svg": "http://www.w3.org/2000/svg"}
    described = root.findtext("svg:desc", namespaces=name) or ""
    assert "01 · After the response: planned 35 minutes, measured 5 (1 learners)" in described
    assert len(root.findall("svg:path[@class='diamond']", name)) == 2 + 1, "two lessons and the legend"
    bars = root.findall("svg:rect[@class='wait']", name)[1:]
    assert [float(bar.attrib["x"]) + float(bar.attrib["width"]) <= 935 for bar in bars] == [True, True]


@pytest.mark.parametrize("minutes", [0.5, 39, 41, 600, 20_000])
def test_the_axis_holds_any_time(minutes: float) -> None:
    row = timings.Row("x", "X", 30, (minutes,))
    svg = to_svg(Timings((), (row,), (), ()))
    labels = [text for text in ET.fromstring(svg).itertext() if text.endswith(" min")]
    assert 2 <= len(labels) <= 10


def failed(minute: float, id: str = "after.welcome", miss: str = "engine.raised") -> str:
    return line(minute, id=id, state="not yet", miss=miss)


def test_who_is_stuck_at_which_exercise(tmp_path: Path) -> None:
    stuck = [
        failed(1),
        failed(2, miss="inline"),
        failed(3, miss="inline"),
        line(9, id="after.audit", state="passed"),
    ]
    late = [failed(1), failed(2), failed(3), failed(4), line(5, state="passed")]
    new = [failed(1), line(2, state="not attempted"), failed(1, "services.confirm")]
    paths = [journal(tmp_path / f"{n}.jsonl", *each) for n, each in enumerate((stuck, late, new))]
    found = read(*paths, names=True)
    marks = {Path(learner.name).stem: learner.attempts for learner in found.learners}
    assert {id: each.mark for id, each in marks["0"].items()} == {"after.welcome": "3", "after.audit": "+"}
    assert marks["1"]["after.welcome"].mark == "+"
    assert [attempt.stuck for attempt in (marks["0"]["after.welcome"], *marks["1"].values())] == [True, False]
    assert marks["2"]["after.welcome"].failed == 1, "an untouched starter is no failed check"
    assert list(found.exercises) == ["after.welcome", "after.audit", "services.confirm"]
    said = str(found)
    assert f"{paths[0]} at after.welcome: 3 checks failed, the last with inline." in said
    assert said.count(" checks failed, the last") == 1
    row = next(each for each in said.splitlines() if each.startswith("after.welcome "))
    assert sorted(row.split()[1]) == sorted("3+1")
    assert row.endswith("1 of 3")


def test_nobody_is_stuck(tmp_path: Path) -> None:
    assert "Nobody is stuck" in str(read(journal(tmp_path / "a.jsonl", failed(0), failed(1))))


def test_misses_without_a_belief_are_counted(tmp_path: Path) -> None:
    explained = next(
        name for name, miss in TEXT.exercises["after.welcome"].misses.items() if miss.misconception
    )
    for n in range(3):
        entries = [failed(0, miss=explained), failed(1), failed(2 + n)]
        journal(tmp_path / f"{n}.jsonl", *entries, *[failed(4, "after.audit")] * (n == 1))
    found = read(tmp_path)
    assert [(seen.exercise, seen.learners) for seen in found.misses] == [
        ("after.welcome", 3),
        ("after.audit", 1),
    ]
    assert all(seen.says for seen in found.misses)
    assert "  3 of 3  after.welcome: " in str(found)


def test_journals_are_found_whatever_a_chat_has_called_them(tmp_path: Path) -> None:
    names = ["ada/.course/journal.jsonl", "bob.jsonl.txt", "journal (2).JSONL", "x.jsonl.1"]
    for n, name in enumerate(names):
        journal(tmp_path / name, line(0), line(n + 1))
    for name in ("cleo.zip", "ada/.course/journal.jsonl.lock", "names.txt"):
        journal(tmp_path / name)
    found = read(tmp_path)
    assert len(found.learners) == len(names)
    [remark] = found.remarks
    assert "cleo.zip, names.txt" in remark
    assert ".lock" not in remark
