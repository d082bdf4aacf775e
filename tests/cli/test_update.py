"""Newer lessons come beside the ones that somebody works on; what they wrote is there afterwards, always."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.cli import _editions, _workspace, run_inside
from course.cli._editions import changes

FIRST = {"intro": "# A lesson", "register": "a = 1", "mail": "b = 2", "quiz": "quiz('x')"}
SECOND = {"intro": "# A lesson", "register": "a = 10", "mail": "b = 2", "more": "c = 3"}
"""The new edition: ``register`` is changed, ``quiz`` is gone, ``more`` is new."""

NAME = "01_a.ipynb"
NEW = "01_a (new).ipynb"


class Room:
    """The shipped lessons, and a workspace with copies of them."""

    def __init__(self, folder: Path) -> None:
        self.shipped = folder / "notebooks"
        self.shipped.mkdir()
        self.work = folder / "work"

    def ship(self, cells: dict[str, str], name: str = NAME) -> None:
        _write(self.shipped / name, cells)

    def start(self) -> list[str]:
        said: list[str] = []
        _workspace.copy_lessons(tell=said.append)
        return said

    def edit(self, name: str = NAME, **cells: str | None) -> bytes:
        """Change, add or remove (None) cells of a copy, as JupyterLab does; returns the bytes."""
        nb = nbformat.read(self.work / name, as_version=4)
        sources = {cell.id: cell.source for cell in nb.cells} | cells
        _write(self.work / name, {name: text for name, text in sources.items() if text is not None})
        return (self.work / name).read_bytes()

    def names(self) -> list[str]:
        return sorted(path.name for path in self.work.glob("*") if not path.name.startswith("."))

    def sources(self, name: str = NAME) -> dict[str, str]:
        nb = nbformat.read(self.work / name, as_version=4)
        return {cell.id: cell.source for cell in nb.cells}


def _write(
    path: Path,
    cells: dict[str, str],
    exercises: Mapping[str, str] = MappingProxyType({}),
    *,
    ran: bool = False,
) -> None:
    made = [
        new_markdown_cell(text, id=name)
        if text.startswith("#")
        else new_code_cell(text, id=name, execution_count=1 if ran else None)
        for name, text in cells.items()
    ]
    for cell in made:
        if cell.id in exercises:
            cell.metadata["course"] = {"exercise": exercises[cell.id]}
        if ran and cell.cell_type == "code":
            cell.outputs = [new_output("stream", text="ran\n")]
            cell.metadata["collapsed"] = False
    nbformat.write(new_notebook(cells=made), path)


@pytest.fixture
def room(own_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    made = Room(tmp_path)
    monkeypatch.setattr(_workspace, "NOTEBOOKS", made.shipped)
    made.ship(FIRST)
    made.start()
    return made


def _update(capsys: pytest.CaptureFixture[str], *lessons: str) -> list[str]:
    capsys.readouterr()
    assert run_inside("update", list(lessons)) == 0
    return capsys.readouterr().out.splitlines()


def test_nothing_is_new(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    before = (room.work / NAME).read_bytes()
    assert _update(capsys) == [f"Every lesson in {room.work} is the newest, or has the newest beside it."]
    assert (room.work / NAME).read_bytes() == before
    room.edit(register="mine")
    assert _update(capsys)[0].startswith("Every lesson")


def test_a_copy_that_only_ran_becomes_the_new_one(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    _write(room.work / NAME, FIRST, ran=True)
    ran = (room.work / NAME).read_bytes()
    room.ship(SECOND)
    assert _update(capsys) == [f"{NAME}: you had not changed it; it is the new edition now."]
    assert (room.names(), room.sources()) == ([NAME], SECOND)
    assert (room.work / ".course" / "replaced" / NAME).read_bytes() == ran
    assert room.start() == []


def test_a_copy_that_was_changed_stays(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    mine = room.edit(register="a = 'mine'", mail="b = 'mine'", own="d = 4")
    room.ship(SECOND)
    assert _update(capsys) == [
        f"{NAME}: yours stays as it is. The new edition is beside it: {NEW}",
        "    changed by both   a = 10",
        "    changed by you    b = 2",
        "    added by us       c = 3",
        "    removed by us     quiz('x')",
        "    added by you      d = 4",
        f"Both editions beside each other, cell by cell: {room.work / 'update.html'}",
    ]
    assert (room.work / NAME).read_bytes() == mine
    assert room.sources(NEW) == SECOND
    assert room.start() == [], "what has been offered is not offered again"
    assert _update(capsys)[0].startswith("Every lesson"), "nor put beside a second time"


def test_start_tells_how(room: Room) -> None:
    room.edit(register="mine")
    room.ship(SECOND)
    assert "python3 -m course update puts the new one beside it" in room.start()[0]


def test_the_edition_after_that(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """The new copy is replaced as long as nobody works on it; afterwards it stays too."""
    mine = room.edit(register="mine")
    room.ship(SECOND)
    _update(capsys)
    room.ship({**SECOND, "more": "third"})
    assert f"{NEW}: you had not changed it" in _update(capsys)[0]
    also_mine = room.edit(NEW, mail="also mine")
    room.ship({**SECOND, "more": "fourth"})
    said = _update(capsys)
    assert said[0] == f"{NEW}: yours stays as it is. The new edition is beside it: 01_a (new 2).ipynb"
    assert said[1:3] == ["    changed by you    b = 2", "    changed by us     fourth"]
    assert (room.work / NAME).read_bytes() == mine
    assert (room.work / NEW).read_bytes() == also_mine
    assert room.sources("01_a (new 2).ipynb")["more"] == "fourth"


def test_a_lesson_that_was_deleted_or_renamed(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    mine = room.edit(register="mine")
    (room.work / NAME).rename(room.work / "my notes.ipynb")
    room.ship(SECOND)
    assert _update(capsys) == [f"{NAME}: copied."]
    assert room.sources() == SECOND
    assert (room.work / "my notes.ipynb").read_bytes() == mine


OLD_CUT = {"intro": "# A lesson", "starter": "x = ____", "other": "y = ____", "quiz": "quiz('x')"}
"""A lesson with two exercises, of which a later cut moves the second to a lesson of its own."""

EXERCISES = {"starter": "a.one", "other": "a.two"}


def _cut_again(room: Room) -> None:
    """Lesson 01 becomes 02; one of its exercises moves to the new lesson 03."""
    (room.shipped / NAME).unlink()
    _write(room.shipped / "02_a.ipynb", {k: v for k, v in OLD_CUT.items() if k != "other"}, EXERCISES)
    _write(room.shipped / "03_new.ipynb", {"title": "# New", "other": OLD_CUT["other"]}, EXERCISES)


@pytest.fixture
def old_cut(room: Room) -> Room:
    """A workspace of the cut before, in which nothing was done yet."""
    (room.work / NAME).unlink()
    _write(room.shipped / NAME, OLD_CUT, EXERCISES)
    room.start()
    return room


@pytest.mark.parametrize("by_start", [True, False], ids=["start", "update"])
def test_a_new_number_of_an_unchanged_lesson(
    by_start: bool, old_cut: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    _cut_again(old_cut)
    said = old_cut.start() if by_start else _update(capsys)
    assert old_cut.names() == ["02_a.ipynb", "03_new.ipynb"], said
    assert (old_cut.work / ".course" / "replaced" / NAME).is_file()
    assert old_cut.start() == [], "and nothing is offered again"
    assert _update(capsys)[0].startswith("Every lesson")


@pytest.mark.parametrize("by_start", [True, False], ids=["start", "update"])
def test_a_new_number_of_a_lesson_that_was_worked_on(
    by_start: bool, old_cut: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(old_cut.work / NAME, {**OLD_CUT, "starter": "x = 'mine'", "other": "y = 'mine'"}, EXERCISES)
    mine = (old_cut.work / NAME).read_bytes()
    _cut_again(old_cut)
    said = "\n".join(old_cut.start() if by_start else _update(capsys))
    assert f"{NAME}: yours stays as it is. The lesson is 02_a.ipynb now" in said
    assert (old_cut.work / NAME).read_bytes() == mine
    assert old_cut.sources("02_a.ipynb")["starter"] == "x = 'mine'"
    assert old_cut.sources("03_new.ipynb")["other"] == "y = 'mine'", "also in a lesson that the cut made"
    assert old_cut.start() == []
    assert _update(capsys)[0].startswith("Every lesson")
    _write(old_cut.shipped / "02_a.ipynb", {**OLD_CUT, "intro": "# Newer"}, EXERCISES)
    assert "02_a.ipynb: yours stays as it is" in _update(capsys)[0], "what was carried over is theirs"


def test_a_damaged_lesson_of_another_number(old_cut: Room, capsys: pytest.CaptureFixture[str]) -> None:
    (old_cut.work / NAME).write_text("{", encoding="utf-8")
    _cut_again(old_cut)
    assert f"{NAME}: yours stays as it is" in _update(capsys)[0]
    assert (old_cut.work / NAME).read_text("utf-8") == "{"
    assert old_cut.sources("02_a.ipynb")["starter"] == OLD_CUT["starter"]


def test_the_new_copy_was_deleted(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    room.edit(register="mine")
    room.ship(SECOND)
    _update(capsys)
    (room.work / NEW).unlink()
    assert room.start() == [], "who does not want it is left in peace"
    assert NEW in _update(capsys)[0], "who asks for it gets it"
    assert room.sources(NEW) == SECOND


def test_a_name_that_the_learner_took(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    room.edit(register="mine")
    (room.work / NEW).write_text("my own", encoding="utf-8")
    (room.work / "update.html").write_text("my own", encoding="utf-8")
    room.ship(SECOND)
    assert "beside it: 01_a (new 2).ipynb" in _update(capsys)[0]
    assert (room.work / NEW).read_text("utf-8") == "my own"
    assert (room.work / "update.html").read_text("utf-8") == "my own"
    assert (room.work / "update 2.html").exists()


@pytest.mark.parametrize("half", [b"", b"{", b'{"cells": [{"id": "a"}]}', b"[]", b"\xff\xfe", b"null"])
def test_a_half_written_notebook(half: bytes, room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    (room.work / NAME).write_bytes(half)
    room.ship(SECOND)
    (line,) = _update(capsys)
    assert line.startswith(f"{NAME}: yours cannot be read as a notebook (")
    assert (room.work / NAME).read_bytes() == half
    assert room.sources(NEW) == SECOND


def test_a_read_only_copy_is_not_replaced(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    (room.work / NAME).chmod(0o444)
    room.ship(SECOND)
    assert "yours stays as it is" in _update(capsys)[0]
    assert room.sources() == FIRST
    assert room.sources(NEW) == SECOND


def test_a_folder_that_cannot_be_written(
    room: Room, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, content: bytes) -> None:
        raise PermissionError(13, "Permission denied")

    mine = room.edit(register="mine")
    room.ship(SECOND)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert run_inside("update", []) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert (room.work / NAME).read_bytes() == mine


@pytest.mark.parametrize("edited", [True, False])
@pytest.mark.parametrize("step", range(7))
def test_an_interruption_at_any_step(
    step: int,
    edited: bool,
    room: Room,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each move of a file may be the last one; the next run ends in the same state as an undisturbed one."""
    mine = room.edit(register="mine") if edited else (room.work / NAME).read_bytes()
    room.ship(SECOND)
    move, left = Path.replace, [step]

    def torn(path: Path, target: Path) -> Path:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return move(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", torn)
        assert run_inside("update", []) in (0, 130)
    for path in room.work.glob("*.ipynb"):
        json.loads(path.read_bytes())
    _update(capsys)
    if edited:
        assert (room.work / NAME).read_bytes() == mine
        assert room.sources(NEW) == SECOND
    else:
        assert room.sources() == SECOND
    assert [name for name in room.names() if name not in (NAME, NEW, "update.html")] == []


def test_saved_while_it_is_updated(
    room: Room, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """JupyterLab may save between the look at a copy and its replacement."""
    room.ship(SECOND)
    take_away, saved = _workspace.take_away, []

    def save_first(target: Path, place: str, expected: bytes) -> bool:
        saved.append(room.edit(register="just saved"))
        return take_away(target, place, expected)

    monkeypatch.setattr(_workspace, "take_away", save_first)
    assert "yours stays as it is" in _update(capsys)[0]
    assert (room.work / NAME).read_bytes() == saved[0]


def test_a_workspace_of_before(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """Copies of which only the digest of the original is known."""
    for kept in (room.work / ".course" / "shipped").iterdir():
        kept.unlink()
    room.edit(register="mine")
    room.ship(SECOND)
    assert "    differs           a = 10" in _update(capsys)


def test_start_keeps_what_update_needs(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    for kept in (room.work / ".course" / "shipped").iterdir():
        kept.unlink()
    room.start()
    room.edit(mail="mine")
    room.ship(SECOND)
    assert "    changed by us     a = 10" in _update(capsys)


def test_no_record(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    (room.work / ".course" / "lessons.json").write_text("{", encoding="utf-8")
    room.ship(SECOND)
    assert "yours stays" in _update(capsys)[0], "when in doubt, it is the learner's"


def test_files_that_are_no_notebooks(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.py", "b.py"):
        (room.shipped / name).write_text("1\n", encoding="utf-8")
    room.start()
    (room.work / "a.py").write_text("mine\n", encoding="utf-8")
    for name in ("a.py", "b.py"):
        (room.shipped / name).write_text("2\n", encoding="utf-8")
    assert _update(capsys) == [
        "a.py: yours stays as it is. The new edition is beside it: a (new).py",
        "b.py: you had not changed it; it is the new edition now.",
    ]
    assert (room.work / "a.py").read_text("utf-8") == "mine\n"
    assert (room.work / "b.py").read_text("utf-8") == "2\n"


def test_only_some_lessons(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    room.ship(FIRST, "02_b.ipynb")
    assert _update(capsys, "02") == ["02_b.ipynb: copied."]
    assert run_inside("update", ["03"]) == 2
    assert "There is no lesson '03'." in capsys.readouterr().err


# the comparison


def _nb(**cells: str) -> bytes:
    made = [{"id": name, "cell_type": "code", "source": [text]} for name, text in cells.items()]
    return json.dumps({"cells": made}).encode()


@pytest.mark.parametrize(
    ("before", "ours", "yours", "kind"),
    [
        ("1", "2", "1", "ours-changed"),
        ("1", "1", "2", "yours-changed"),
        ("1", "2", "3", "both"),
        ("1", "2", "2", None),
        (None, "1", None, "ours-added"),
        (None, None, "1", "yours-added"),
        (None, "1", "2", "both"),
        ("1", None, "1", "ours-removed"),
        ("1", "1", None, "yours-removed"),
        ("1", None, "2", "both"),
        ("1", "2", None, "both"),
        ("1", None, None, None),
    ],
)
def test_who_did_what(before: str | None, ours: str | None, yours: str | None, kind: str | None) -> None:
    three = [_nb(**({} if text is None else {"a": text})) for text in (before, ours, yours)]
    found = changes(*three)
    assert [change.kind for change in found] == ([] if kind is None else [kind])
    assert all(map(_editions.who, found))


def test_cells_without_ids() -> None:
    text = json.dumps({"cells": [{"cell_type": "code", "source": "1"}] * 2}).encode()
    assert list(_editions.cells(text)) == ["cell 1", "cell 2"]
    twice = _nb(a="1").replace(b"]}]", b']}, {"id": "a", "cell_type": "code", "source": "2"}]')
    assert list(_editions.cells(twice)) == ["a", "a (cell 2)"]


def test_titles() -> None:
    (change,) = changes(_nb(), _nb(a="\n## The *loop*\n"), _nb())
    assert change.title == "The *loop*"
    (change,) = changes(_nb(), _nb(a="x" * 100), _nb())
    assert len(change.title) == 70
    (change,) = changes(_nb(), _nb(a=""), _nb())
    assert change.title == "a"


def test_the_page_shows_both_sides_and_runs_nothing() -> None:
    both = changes(_nb(a="old\nsame"), _nb(a="<script>ours</script>\nsame"), _nb(a="yours\nsame"))
    page = _editions.render({NAME: both})
    assert "<ins>&lt;script&gt;ours&lt;/script&gt;</ins>" in page
    assert "<ins>yours</ins>" in page
    assert page.count("<del>old</del>") == 2
    assert "<script" not in page
    one = _editions.render({NAME: changes(_nb(), _nb(a="new"), _nb())})
    assert (one.count("<ins>"), one.count("The new edition<pre>")) == (1, 1)
