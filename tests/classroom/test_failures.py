"""A full disk, and a database that another process holds: the board says so, and nothing is lost."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

from course.classroom.load import BoardProcess
from course.classroom.outbox import NotReached
from course.classroom.store import Store
from course.classroom.wire import Join
from tests.classroom.test_kill import in_journals, seats, until

Trouble = Callable[[BoardProcess], AbstractContextManager[None]]

linux = pytest.mark.skipif(sys.platform != "linux", reason="limits the files of another process")
pytestmark = pytest.mark.long


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def full(process: BoardProcess) -> Iterator[None]:
    """Something else takes all that is left of the disk."""
    ballast = _file_of(process).with_name("ballast")
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield
    ballast.unlink()


@contextlib.contextmanager
def held(process: BoardProcess) -> Iterator[None]:
    """Another process writes, and does not come to an end."""
    program = "import sqlite3, sys; connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    program += "connection.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, _file_of(process)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        yield


@contextlib.contextmanager
def no_byte_more(process: BoardProcess) -> Iterator[None]:
    """The board may not write to files, as on a disk on which its user has nothing left."""
    import resource

    limit = getattr(resource, "prlimit")  # noqa: B009  (not on every system)
    before = limit(process.process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    yield
    limit(process.process.pid, resource.RLIMIT_FSIZE, before)


def _file_of(process: BoardProcess) -> Path:
    return Path(process.url.removeprefix("sqlite:///"))


def nothing_is_lost_when(trouble: Trouble, folder: Path, disk: Path) -> None:
    """Seats send, join, raise a hand and leave while there is trouble, and again afterwards."""
    process = BoardProcess(f"sqlite:///{(disk / 'classes.sqlite3').as_posix()}")
    store = Store(process.url)
    try:
        found = store.open("Load", 0.0)
        all_seats = list(seats(folder, process.address, found.code))
        for seat in all_seats:
            seat.works()
            assert seat.sends()
        until(lambda: _rows(process, found.secret) == len(all_seats))  # a page follows a seat
        with trouble(process):
            for seat in all_seats[:1]:
                before = seat.box.membership()
                seat.works()
                with pytest.raises(NotReached, match="503"):
                    seat.box.step()
                assert seat.box.membership() == before, "it has sent nothing, as far as it knows"
            join = Join(code=found.code, token="ee" * 32, name="Eve").model_dump(exclude_none=True)
            answer = httpx.post(f"{process.address}api/join", json=join, timeout=60)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
            assert _rows(process, found.secret) == len(all_seats), "the page still stands"
        assert httpx.post(f"{process.address}api/join", json=join, timeout=60).status_code == 200
        for seat in all_seats:
            seat.works()
            assert seat.sends()
        assert Counter(each.event.key for each in store.events(found.id)) == in_journals(all_seats)
        process.kill()
        process.start()
        assert all(seat.sends() for seat in all_seats), "it is as good as before"
        assert _integrity(process) == "ok"
    finally:
        process.kill()
        store.close()


def _rows(process: BoardProcess, secret: str) -> int:
    """The seats that the instructor's page shows."""
    with httpx.Client(base_url=process.address, timeout=60, follow_redirects=True) as client:
        return client.get(f"open/{secret}").raise_for_status().text.count('scope="row"')


def _integrity(process: BoardProcess) -> str:
    with contextlib.closing(sqlite3.connect(_file_of(process))) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


def test_a_full_disk_loses_nothing(tmp_path: Path, disk: Path) -> None:
    nothing_is_lost_when(full, tmp_path / "seats", disk)


@linux
def test_a_limit_of_the_system_loses_nothing(tmp_path: Path) -> None:
    nothing_is_lost_when(no_byte_more, tmp_path / "seats", tmp_path)


def test_a_database_that_another_process_holds_loses_nothing(tmp_path: Path) -> None:
    nothing_is_lost_when(held, tmp_path / "seats", tmp_path)


@linux
def test_a_seat_whose_own_disk_is_full_sends_twice_and_doubles_nothing(tmp_path: Path) -> None:
    """The board has stored it, and the seat cannot note that."""
    import resource

    process = BoardProcess(f"sqlite:///{(tmp_path / 'classes.sqlite3').as_posix()}")
    store = Store(process.url)
    try:
        found = store.open("Load", 0.0)
        seat, *_ = seats(tmp_path / "seats", process.address, found.code)
        seat.works()
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
        try:
            with pytest.raises(OSError, match=os.strerror(27)):
                seat.box.step()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert len(list(store.events(found.id))) == 3
        assert seat.sends()
        assert Counter(each.event.key for each in store.events(found.id)) == in_journals([seat])
    finally:
        process.kill()
        store.close()
