"""A class for the tests: its board on a real server, and seats that send from their outboxes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import serve
from course.classroom.board import Address, create_app
from course.classroom.live import Live
from course.classroom.outbox import Membership, Outbox, ask
from course.classroom.store import Store
from course.practice import Journal


@dataclass
class Room:
    """A board on a real server, and where its learners' workspaces go."""

    live: Live
    base: str
    folder: Path

    def learner(self, name: str) -> Learner:
        folder, token = self.folder / str(len(self.live.room.places)), f"{len(self.live.room.places):064x}"
        box = Outbox(folder)
        join = {"code": self.live.found.code, "token": token, "name": name}  # as it is: the board cleans it
        called: Any = ask(box.to(self.base), "join", join)
        (folder / ".course").mkdir(parents=True)
        box.store(Membership(board=self.base, token=token, name=called["name"], class_name="Tuesday"))
        return Learner(box, Journal(box.file.with_name("journal.jsonl")))


@dataclass
class Learner:
    """A seat."""

    box: Outbox
    journal: Journal

    def checks(self, exercise: str, state: str, miss: str | None = None) -> None:
        self.journal.add("check", exercise, state=state, miss=miss)
        self.send()

    def send(self) -> None:
        while self.box.step():
            pass

    def raises_hand(self) -> None:
        with self.box.changing() as found:
            assert found is not None
            found.hand = "ab" * 16
        self.send()

    @property
    def hand(self) -> str:
        self.send()
        found = self.box.membership()
        assert found is not None
        return found.status.hand


@contextlib.contextmanager
def running_room(folder: Path) -> Iterator[Room]:
    """A class whose board keeps what it knows in that folder."""
    store = Store(f"sqlite:///{(folder / 'classes.sqlite3').as_posix()}")
    live = Live(store, store.open("Tuesday", 0.0))
    with serve(create_app(live, Address("http://127.0.0.1", ("127.0.0.1",)))) as server:
        yield Room(live, f"{str(server.client.base_url).rstrip('/')}/", folder)
    store.close()
