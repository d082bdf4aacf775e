"""The board is killed while learners send, again and again: nothing is lost, and nothing comes twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from course.classroom.load import BoardProcess, measure
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


@dataclass
class Seat:
    """A learner's outbox and journal."""

    box: Outbox

    def works(self) -> None:
        """Do something, a few times."""
        journal = Journal(self.box.file.with_name("journal.jsonl"))
        for _ in range(EACH):
            journal.add("check", "after.welcome", state="not yet", miss="inline")

    def sends(self) -> bool:
        """Whether all that was to send is there."""
        try:
            return not self.box.step()
        except NotReached:  # killed, in the middle of an answer for example
            return False


def seats(folder: Path, board: str, code: str) -> Iterator[Seat]:
    """Learners who have joined."""
    for number in range(LEARNERS):
        token = f"{number:064x}"
        join = Join(code=code, token=token, name=f"Seat {number}").model_dump(exclude_none=True)
        assert httpx.post(f"{board}api/join", json=join, timeout=60).status_code == 200
        box = Outbox(folder / str(number))
        (folder / str(number) / ".course").mkdir(parents=True)
        box.store(Membership(board=board, token=token, name=f"Seat {number}", class_name="Tuesday"))
        yield Seat(box)


def until(there: Callable[[], bool]) -> None:
    deadline = threading.Event()
    timer = threading.Timer(120, deadline.set)
    timer.start()
    while not there():
        assert not deadline.is_set(), "it never came"
        deadline.wait(0.01)
    timer.cancel()


def _learn(seat: Seat) -> None:
    """Do something, send it, again and again, whatever becomes of the board."""
    for _ in range(ROUNDS):
        seat.works()
        while not seat.sends():
            threading.Event().wait(0.02)


@pytest.mark.long
def test_a_board_that_is_killed_loses_nothing_and_doubles_nothing(
    process: BoardProcess, tmp_path: Path
) -> None:
    store = Store(process.url)
    found = store.open("Load", 0.0)
    sitting = list(seats(tmp_path, process.address, found.code))
    learners = [threading.Thread(target=_learn, args=(seat,), daemon=True) for seat in sitting]
    for learner in learners:
        learner.start()
    for _ in range(KILLS):
        some = _count(store, found.id) + 3 * LEARNERS
        until(lambda some=some: _count(store, found.id) >= some)  # type: ignore[misc]
        process.kill()
        assert any(learner.is_alive() for learner in learners), "killed too late to prove anything"
        process.start()
    for learner in learners:
        learner.join()
    sent = Counter(noted.event.key for noted in store.events(found.id))
    assert sent == in_journals(sitting)
    assert len(sent) == ROUNDS * EACH * LEARNERS
    store.close()


def _count(store: Store, id: int) -> int:
    return next(events for found, _, events in store.classes() if found.id == id)


def in_journals(sitting: list[Seat]) -> Counter[object]:
    """The keys of all lines of all journals."""
    found: Counter[object] = Counter()
    for seat in sitting:
        member, offset = seat.box.membership(), 0
        assert member is not None
        for line in seat.box.file.with_name("journal.jsonl").read_bytes().split(b"\n")[:-1]:
            event = event_of(member.token, offset, line)
            assert event is not None
            found[event.key] += 1
            offset += len(line) + 1
    return found


@pytest.mark.thorough
@pytest.mark.long
def test_the_generator_kills_the_board_and_learners_and_compares_with_the_journals() -> None:
    """`figures board` in small: the figures themselves are not judged."""
    found = measure(learners=5, pages=1, seconds=6, kills=2)
    assert (found.lost, found.doubled) == (0, 0)
    assert found.sent > 5
    assert found.posts
    assert found.shown
