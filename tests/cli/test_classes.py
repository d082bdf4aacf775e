"""`class open`, `list`, `export` and `close`, as an instructor types them."""

from __future__ import annotations

import contextlib
import csv
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from course.classroom import board, store
from course.classroom.store import Noted, Store
from course.classroom.wire import Event
from course.cli import classes, run_inside
from course.practice import lessons

EXERCISE = next(iter(lessons()[0].text.exercises))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(store, "FOLDER", tmp_path / "classes")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fill(name: str) -> None:
    kept = Store()
    found = kept.open(name, 1.0)
    seat = kept.join(found.id, "digest", "=Ada", None, 2.0)
    base = {"key": "0" * 32, "at": "2030-01-01T00:00:00Z", "kind": "check", "id": EXERCISE}
    events = [
        {**base, "state": "not yet", "miss": "a"},
        {**base, "key": "1" * 32, "state": "not yet", "miss": "a"},
        {**base, "key": "2" * 32, "state": "passed"},
        {**base, "key": "3" * 32, "kind": "hint", "number": 1},
    ]
    noted = [Noted(seat.id, 60.0 * n, Event.model_validate(event)) for n, event in enumerate(events)]
    assert len(kept.add(noted)) == 4
    assert kept.add(noted) == []
    kept.close()


def test_a_class_is_opened_listed_exported_and_closed(folder: Path, capsys: Any, monkeypatch: Any) -> None:
    opened: list[str] = []
    monkeypatch.setattr(board, "serve", lambda app, listener: opened.append(app))
    monkeypatch.setattr(classes.webbrowser, "open", opened.append)
    assert run_inside("class", ["open", "--name", "Tuesday", "--port", "0"]) == 0
    said = capsys.readouterr().out
    assert opened[0] in said
    assert 'join("' in said
    assert "█" in said or "▀" in said, "the QR code"
    first = opened[0].rpartition("/")[2]
    run_inside("class", ["open", "--name", " Tuesday\u202e", "--port", "0", "--no-browser"])
    assert first in capsys.readouterr().out, "the same class again"

    fill("Tuesday")
    assert run_inside("class", ["list"]) == 0
    assert "Tuesday" in capsys.readouterr().out
    assert run_inside("class", ["export", "Tuesday"]) == 0
    with (folder / "class-Tuesday" / "exercises.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row == {
        "learner": "'=Ada",
        "lesson": lessons()[0].name,
        "exercise": EXERCISE,
        "state": "passed",
        "checks": "3",
        "hints": "1",
        "minutes": "3.0",
        "misses": "a × 2",
    }
    lines = (folder / "class-Tuesday" / "events.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line).get("miss") for line in lines] == ["a", "a", None, None]
    assert run_inside("class", ["close", "Tuesday", "--out", "kept"]) == 0
    assert len((folder / "kept" / "events.jsonl").read_text("utf-8").splitlines()) == 4
    capsys.readouterr()
    run_inside("class", ["list"])
    assert capsys.readouterr().out == "There is no class.\n"
    for file in (folder / "classes").iterdir():
        assert b"=Ada" not in file.read_bytes(), "what is deleted is gone from the file too"


def test_a_class_that_is_open_is_not_closed_and_not_opened_twice(folder: Path, capsys: Any) -> None:
    fill("Tuesday")
    kept = Store()
    found = kept.find("Tuesday")
    kept.close()
    assert found is not None
    with classes.only_one(found):
        assert run_inside("class", ["close", "Tuesday"]) == 1
        assert run_inside("class", ["open", "--name", "Tuesday", "--port", "0"]) == 1
    assert "open in another process" in capsys.readouterr().err
    assert not (folder / "class-Tuesday").exists()


def test_a_database_that_another_program_holds_is_told(folder: Path, capsys: Any) -> None:
    fill("Tuesday")
    with contextlib.closing(sqlite3.connect(folder / "classes" / "classes.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")
        assert run_inside("class", ["close", "Tuesday"]) == 1
        assert "does another program hold it?" in capsys.readouterr().err
    assert run_inside("class", ["close", "Tuesday"]) == 0


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["export", "Friday"], "There is no class “Friday”"),
        (["close", "Friday"], "class list"),
        (["open", "--name", "\u200b", "--port", "0"], "needs a name"),
        (["open", "--port", "0", "--address", "ftp://x"], "is not an address"),
        (["list", "--database", "nonsense://"], "cannot be used"),
    ],
)
def test_what_cannot_be_done_is_told(folder: Path, capsys: Any, command: list[str], says: str) -> None:
    assert run_inside("class", command) == 1
    assert says in capsys.readouterr().err
