"""A board in this process with a clock that the test owns, and seats with workspaces of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from course.classroom.board import Address, create_app
from course.classroom.live import Live
from course.classroom.outbox import Membership, Outbox
from course.classroom.store import Store
from course.classroom.wire import Join
from course.practice import Journal

URL = "http://127.0.0.1/"

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "=HYPERLINK(1)",
    "+1+1",
    "-2",
    "@SUM(A1)",
    "|cmd",
    "\t=1",
    "abc\u202edcba\u2066x\u200f",
    "a\x00b\x1b[2Jc\r\nd",
    "e" + "\u0301" * 500,
    "👩‍👩‍👧‍👦" * 400,
    "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "' OR 1=1; DROP TABLE seats; --",
    "javascript:alert(1)",
    "&lt;b&gt;&amp;",
]
"""Names that want to do harm: on a page, in a table, in a terminal, to the eye."""


@dataclass
class Clock:
    """Seconds since 1970 that pass when the test says so."""

    now: float = 2_000_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Board:
    """A board that can be stopped and started again; its database stays."""

    path: Path
    clock: Clock = field(default_factory=Clock)
    live: Any = None
    client: Any = None

    def start(self) -> None:
        store = Store(f"sqlite:///{self.path.as_posix()}")
        found = store.open("Tuesday", self.clock())
        self.live = Live(store, found, clock=self.clock)
        app = create_app(self.live, Address("http://127.0.0.1", ("127.0.0.1",)))
        self.client = TestClient(app, URL, follow_redirects=False)
        self.client.__enter__()

    def stop(self) -> None:
        if self.client is not None:
            self.client.__exit__(None, None, None)
            self.live.store.close()
            self.client = None

    def parts(self) -> dict[str, str]:
        """What the pages show now."""
        self.client.portal.call(self.live.draw)
        return {name: html for name, (_, html) in self.live.pages.parts.items()}

    def enter(self) -> None:
        """Be the instructor from now on."""
        answer = self.client.get(f"/open/{self.live.found.secret}")
        assert answer.status_code == 303

    def form(self, what: str, **data: object) -> int:
        """Send a form of the page, as the page does."""
        answer = self.client.post(f"/board/{what}", data=data, headers={"Origin": "http://127.0.0.1"})
        return int(answer.status_code)

    def stored(self) -> list[tuple[str, str, str | None]]:
        """Learner, exercise and miss of every event, oldest first."""
        called = {seat.id: seat.name for seat in self.live.store.seats(self.live.found.id)}
        events = self.live.store.events(self.live.found.id)
        return [(called[noted.seat], noted.event.id, noted.event.miss) for noted in events]


@dataclass
class Learner:
    """A seat: its workspace, its journal, its outbox."""

    name: str
    box: Outbox
    journal: Journal

    def fails(self, exercise: str, miss: str) -> None:
        self.journal.add("check", exercise, state="not yet", miss=miss)

    def send(self) -> None:
        while self.box.step():
            pass


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    made = Board(tmp_path / "classes.sqlite3")
    made.start()
    yield made
    made.stop()


Seated = Callable[[str], Learner]


@pytest.fixture
def seated(board: Board, tmp_path: Path) -> Seated:
    """Gives a learner of that name a seat."""

    def seat(name: str) -> Learner:
        folder = tmp_path / f"seat of {len(list(tmp_path.iterdir()))}"
        box = Outbox(folder, lambda _: board.client)
        asked = Join(code=board.live.found.code, token=f"{abs(hash(name)):064x}", name=name)
        answer = board.client.post("/api/join", json=asked.model_dump(exclude_none=True))
        assert answer.status_code == 200, answer.text
        called = answer.json()["name"]
        folder.mkdir()
        (folder / ".course").mkdir()
        box.store(Membership(board=URL, token=asked.token, name=called, class_name="Tuesday"))
        return Learner(called, box, Journal(folder / ".course" / "journal.jsonl"))

    return seat
