"""The board is killed while learners send, again and again: nothing is lost, and nothing comes twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from course.classroom.load import BoardProcess
from course.classroom.outbox import Membership, NotReached, Outbox, event_of
from course.classroom.store import Store
from course.classroom.wire import Join
from course.practice import Journal

KILLS = 2
LEARNERS = 4
ROUNDS, EACH = 25, 3


@pytest.fixture
def process(tmp_path: Path) -> Iterator[BoardProcess]:
    made = BoardProcess(f"sqlite:///{(tmp_path / 'classes.sqlite3').as_posix()}")
    yield made
    made.kill()


def _seats(folder: Path, board: str, code: str) -> Iterator[Outbox]:
    for number in range(LEARNERS):
        token = f"{number:064x}"
        join = Join(code=code, token=token, name=f"Seat {number}").model_dump(exclude_none=True)
        assert httpx.post(f"{board}api/join", json=join, timeout=60).status_code == 200
        box = Outbox(folder / str(number))
        (folder / str(number) / ".course").mkdir(parents=True)
        box.store(Membership(board=board, token=token, name=f"Seat {number}", class_name="Tuesday"))
        yield box


def _until(there: Callable[[], bool]) -> None:
    deadline = threading.Event()
    timer = threading.Timer(120, deadline.set)
    timer.start()
    while not there():
        assert not deadline.is_set(), "it never came"
        deadline.wait(0.01)
    timer.cancel()


def _learn(box: Outbox) -> None:
    """Do something, send it, again and again, whatever becomes of the board."""
    journal = Journal(box.file.with_name("journal.jsonl"))
    for _ in range(ROUNDS):
        for _ in range(EACH):
            journal.add("check", "after.welcome", state="not yet", miss="inline")
        while not _sent(box):
            threading.Event().wait(0.02)


def _sent(box: Outbox) -> bool:
    try:
        return not box.step()
    except NotReached:  # killed, in the middle of an answer for example
        return False


@pytest.mark.long
def test_a_board_that_is_killed_loses_nothing_and_doubles_nothing(
    process: BoardProcess, tmp_path: Path
) -> None:
    store = Store(process.url)
    found = store.open("Load", 0.0)
    boxes = list(_seats(tmp_path, process.address, found.code))
    learners = [threading.Thread(target=_learn, args=(box,), daemon=True) for box in boxes]
    for learner in learners:
        learner.start()
    for _ in range(KILLS):
        some = _count(store, found.id) + 3 * LEARNERS
        _until(lambda some=some: _count(store, found.id) >= some)  # type: ignore[misc]
        process.kill()
        assert any(learner.is_alive() for learner in learners), "killed too late to prove anything"
        process.start()
    for learner in learners:
        learner.join()
    sent = Counter(noted.event.key for noted in store.events(found.id))
    assert sent == _in_journals(boxes)
    assert len(sent) == ROUNDS * EACH * LEARNERS
    store.close()


def _count(store: Store, id: int) -> int:
    return next(events for found, _, events in store.classes() if found.id == id)


def _in_journals(boxes: list[Outbox]) -> Counter[object]:
    """The keys of all lines of all journals."""
    found: Counter[object] = Counter()
    for box in boxes:
        member, offset = box.membership(), 0
        assert member is not None
        for line in box.file.with_name("journal.jsonl").read_bytes().split(b"\n")[:-1]:
            event = event_of(member.token, offset, line)
            assert event is not None
            found[event.key] += 1
            offset += len(line) + 1
    return found
