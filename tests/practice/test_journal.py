"""The journal survives what happens to files."""

import errno
import json
import os
import threading
from pathlib import Path

import pytest
from filelock import FileLock, SoftFileLock

from course.practice import Journal, _journal, answer, bank, check, journal, lesson


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some workspace" / ".course" / "journal.jsonl"


def test_entries_come_back_in_order(path: Path) -> None:
    Journal(path).add("check", "a.b", state="not yet", miss="late")
    Journal(path).add("answer", "a.c", chosen=["a"], right=True)
    entries = Journal(path).entries()
    assert [(e.kind, e.id, e.state, e.miss, e.chosen, e.right) for e in entries] == [
        ("check", "a.b", "not yet", "late", None, None),
        ("answer", "a.c", None, None, ["a"], True),
    ]
    assert [e.id for e in Journal(path).entries("answer")] == ["a.c"]
    assert [e.kind for e in Journal(path).entries(id="a.b")] == ["check"]


def test_each_line_carries_its_version(path: Path) -> None:
    Journal(path).add("hint", "a.b", number=1)
    line = json.loads(path.read_text("utf-8"))
    assert set(line) == {"v", "at", "kind", "id", "number"}
    assert line["v"] == 1


def test_a_torn_last_line_costs_that_line_only(path: Path) -> None:
    Journal(path).add("hint", "a.b", number=1)
    with path.open("ab") as file:
        file.write(b'{"v":1,"at":"2026-')
    Journal(path).add("hint", "a.b", number=2)
    assert [entry.number for entry in Journal(path).entries()] == [1, 2]


def test_lines_of_a_newer_course_and_noise_are_passed_over(path: Path) -> None:
    Journal(path).add("hint", "a.b", number=1)
    newer = path.read_text("utf-8").replace('"v":1', '"v":2')
    path.write_text(f"{newer}\n\x00\x00\n[]\n{newer.replace(':2', ':1', 1)}", encoding="utf-8")
    assert len(Journal(path).entries()) == 1


def test_several_kernels_write_at_once(path: Path) -> None:
    def write(kernel: int) -> None:
        mine = Journal(path)
        for number in range(20):
            mine.add("hint", f"k.{kernel}", number=number)

    threads = [threading.Thread(target=write, args=(kernel,)) for kernel in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for kernel in range(4):
        numbers = [entry.number for entry in Journal(path).entries(id=f"k.{kernel}")]
        assert numbers == list(range(20))


@pytest.fixture
def read_only(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace that refuses to be written (permissions do not stop root)."""

    def refuse(self: Path, *args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    return path


def test_what_cannot_be_written_is_kept_and_told_once(
    read_only: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Journal(read_only)
    mine.add("hint", "a.b", number=1)
    notice = mine.notice() or ""
    assert "cannot be saved: Permission denied" in notice
    assert "`some workspace`" in notice
    mine.add("hint", "a.b", number=2)
    assert mine.notice() is None
    assert [entry.number for entry in mine.entries()] == [1, 2]
    monkeypatch.undo()
    mine.add("hint", "a.b", number=3)
    assert [entry.number for entry in Journal(read_only).entries()] == [1, 2, 3]


def test_a_full_disk_is_told_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_journal, "_ends_clean", full)
    mine = Journal(path)
    mine.add("hint", "a.b", number=1)
    assert "No space left on device" in (mine.notice() or "")


def test_a_lock_that_is_held_does_not_hold_the_learner(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_journal, "_LOCK_SECONDS", 0.05)
    path.parent.mkdir(parents=True)
    mine = Journal(path)
    with FileLock(f"{path}.lock"):
        mine.add("hint", "a.b", number=1)
    notice = mine.notice() or ""
    assert "locked" in notice
    assert f"{path}.lock" in notice
    assert [entry.number for entry in mine.entries()] == [1]


@pytest.fixture(params=["ENOLCK", "ENOSYS", "EOPNOTSUPP"])
def no_locks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without locks, as some network drives are."""
    fcntl = pytest.importorskip("fcntl")
    number = getattr(errno, request.param)

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refuse)


@pytest.mark.usefixtures("no_locks")
def test_a_file_system_without_locks_saves_all_the_same(path: Path) -> None:
    test_several_kernels_write_at_once(path)
    mine = Journal(path)
    mine.add("hint", "a.b", number=1)
    assert mine.notice() is None
    assert Journal(path).entries()[-1].number == 1
    left = sorted(each.name for each in path.parent.iterdir())
    assert left == ["journal.jsonl", "journal.jsonl.lock"]


@pytest.mark.usefixtures("no_locks")
def test_what_stands_for_a_lock_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be that of a kernel that died on another machine."""
    monkeypatch.setattr(_journal, "_LOCK_SECONDS", 0.05)
    path.parent.mkdir(parents=True)
    mine = Journal(path)
    marker = path.with_name("journal.jsonl.in-use")
    with SoftFileLock(marker):
        mine.add("hint", "a.b", number=1)
    assert str(marker) in (mine.notice() or "")
    mine.add("hint", "a.b", number=2)
    assert [entry.number for entry in Journal(path).entries()] == [1, 2]


def test_a_check_answers_without_a_workspace_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path / "a file"))
    build = bank.programs(lesson("rehearsal"), "demo.welcome")[1].run()["build_register"]
    first = check("demo.welcome", build)
    assert first.passed
    assert "cannot be saved" in repr(first)
    assert "cannot be saved" not in repr(check("demo.welcome", build))
    assert "cannot be saved" not in repr(answer("demo.where", "a"))
    assert [entry.kind for entry in journal().entries()] == ["check", "check", "answer"]
