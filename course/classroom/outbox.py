"""The learner's side of the class board: an outbox.

What the learner does stands in the journal. Lines behind a cursor are sent, again and again until the board
has stored them; only then the cursor moves. So nothing is lost when the network, the board or this process
ends, and the board drops what comes twice, because each line has one key for ever.

The membership is a file in the workspace. One process of a workspace sends, whichever has the lock: that of
``python3 -m course start``, or a kernel. Nothing here prints from a thread, and ``check`` knows nothing of
it.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
from filelock import FileLock
from pydantic import BaseModel, ValidationError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    wait_random_exponential,
)

from course.classroom.wire import MOST_EVENTS, Event, Status, Sync, key_of
from course.paths import write
from course.words import say

BEAT = 5.0
"""Seconds between two messages of a seat at which nothing happens."""
LOOK = 0.5
"""Seconds between two looks at the journal."""
_PATIENCE = httpx.Timeout(10)
_READ_AT_MOST = 256_000
"""Bytes of the journal in one message."""
_LONGEST_WAIT = 60.0


class Membership(BaseModel):
    """The file ``.course/class.json``: which class, and how far the journal has been sent."""

    board: str
    token: str
    name: str
    class_name: str
    cursor: int = 0
    hand: str | None = None
    leaving: bool = False
    status: Status = Status()
    status_at: float = 0.0
    """When the board said so, in seconds of this machine's clock."""
    problem: str | None = None


class NotReached(Exception):
    """The board did not take a message now; it will be sent again, not before ``after`` seconds."""

    def __init__(self, why: str, after: float = 0.0) -> None:
        super().__init__(why)
        self.after = after


class Outbox:
    """The membership of one workspace, and what has to be sent."""

    def __init__(self, folder: Path, client: Callable[[str], httpx.Client] | None = None) -> None:
        self._folder = folder / ".course"
        self.file = self._folder / "class.json"
        self.left = self._folder / "class.left"
        """Is there when the learner has left a class, and wants to join no other unasked."""
        self._journal = self._folder / "journal.jsonl"
        self._client = client or _client
        self._open: tuple[str, httpx.Client] | None = None
        self._asked: object = None  # what the learner wanted when the board was asked last
        self._left_out: set[uuid.UUID] = set()
        """What the board cannot read, and never will."""

    # the file

    def membership(self) -> Membership | None:
        """The class that this workspace belongs to; ``None`` without one, or if the file is damaged."""
        try:
            return Membership.model_validate_json(self.file.read_bytes())
        except (OSError, ValidationError):
            return None

    @contextlib.contextmanager
    def changing(self) -> Iterator[Membership | None]:
        """The membership, to be changed: it is stored at the end of the block."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self.file}.lock", timeout=10):
            found = self.membership()
            yield found
            if found is not None:
                self.store(found)

    def store(self, membership: Membership) -> None:
        """Write the membership so that only this user can read it, where the system knows users."""
        write(self.file, membership.model_dump_json())
        with contextlib.suppress(OSError):
            self.file.chmod(0o600)

    def forget(self) -> None:
        """Belong to no class any more."""
        self.file.unlink(missing_ok=True)

    # sending

    def step(self) -> bool:
        """Send one message, and note what the board says; whether there is more to send.

        Raises:
            NotReached: the board did not take it. Nothing has changed.
        """
        before = self.membership()
        if before is None:
            return False
        if before.leaving:
            with contextlib.suppress(Unknown):
                self._ask(before, "leave", {})
            self.forget()
            return False
        events, cursor = self._unsent(before)
        message = Sync(sent=datetime.now(UTC), events=events, hand=before.hand)
        try:
            status = Status.model_validate(
                self._ask(before, "sync", message.model_dump(mode="json", exclude_none=True))
            )
        except Refused as refused:
            if not refused.places:
                raise NotReached(str(refused)) from None
            self._left_out |= {events[place].key for place in refused.places if place < len(events)}
            return True
        with self.changing() as now:
            if now is not None and now.token == before.token:
                now.cursor, now.status, now.status_at, now.problem = cursor, status, time.time(), None
                if status.hand == "down" and now.hand == before.hand:
                    now.hand = None
        return before.cursor < cursor < self.size()

    def size(self) -> int:
        """Bytes of the journal."""
        try:
            return self._journal.stat().st_size
        except OSError:
            return 0

    def _unsent(self, found: Membership) -> tuple[list[Event], int]:
        """Events behind the cursor, and the place in the journal up to which they reach."""
        size = self.size()
        cursor = found.cursor if found.cursor <= size else 0  # it is another journal
        try:
            with self._journal.open("rb") as file:
                file.seek(cursor)
                lines = file.read(_READ_AT_MOST).split(b"\n")
        except OSError:
            return [], found.cursor
        if len(lines) == 1 and len(lines[0]) == _READ_AT_MOST:
            return [], cursor + _READ_AT_MOST  # nothing that the journal writes is so long
        events: list[Event] = []
        for line in lines[:-1]:  # the last one is empty, or not whole yet
            if len(events) == MOST_EVENTS:
                break
            event = event_of(found.token, cursor, line)
            if event is not None and event.key not in self._left_out:
                events.append(event)
            cursor += len(line) + 1
        return events, cursor

    def _ask(self, found: Membership, what: str, message: object) -> object:
        return ask(self.to(found.board), what, message, found.token)

    def to(self, board: str) -> httpx.Client:
        """A connection to a board, which stays open."""
        if self._open is None or self._open[0] != board:
            self.close()
            self._open = board, self._client(board)
        return self._open[1]

    def close(self) -> None:
        """Close the connection to the board."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def run(self, stop: threading.Event) -> None:
        """Send until ``stop`` is set. Never raises."""
        again = Retrying(
            retry=retry_if_exception_type(Exception),
            wait=_wait,
            before=lambda _: self._note_wish(),
            sleep=lambda seconds: self._rest(stop, seconds),
            stop=lambda _: stop.is_set(),
            after=self._note_problem,
            reraise=True,
        )
        while not stop.is_set():
            size = self.size()
            with contextlib.suppress(Exception):  # it was stopped
                if not again(self.step):
                    self._rest(stop, BEAT * random.uniform(0.8, 1.2), size)
        self.close()

    def _rest(self, stop: threading.Event, seconds: float, size: int | None = None) -> None:
        """Until the time is over, the learner wants something new, or the journal of that size grows."""
        until = time.monotonic() + seconds
        while (
            (left := until - time.monotonic()) > 0
            and self._wish() == self._asked
            and size in (None, self.size())
        ):
            if stop.wait(min(LOOK, left)):
                return

    def _note_wish(self) -> None:
        """What the learner wants as the board is asked: what they want meanwhile is new."""
        self._asked = self._wish()

    def _wish(self) -> object:
        found = self.membership()
        return found and (found.token, found.hand, found.leaving)

    def _note_problem(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        with contextlib.suppress(Exception), self.changing() as now:
            if now is not None:
                now.problem = str(error)


def _wait(state: RetryCallState) -> float:
    """Longer and longer, each seat otherwise, and never sooner than the board has asked for."""
    error = state.outcome.exception() if state.outcome else None
    return max(_BACK_OFF(state), getattr(error, "after", 0.0))


_BACK_OFF = wait_random_exponential(multiplier=1, max=_LONGEST_WAIT)


class Unknown(NotReached):
    """The board does not know this seat."""


class Refused(Exception):
    """The board cannot use this message. ``places`` are those of the events that it cannot read."""

    def __init__(self, why: str, places: frozenset[int] = frozenset()) -> None:
        super().__init__(why)
        self.places = places


def _client(board: str) -> httpx.Client:
    """A class on a room's network is asked directly; proxies are for what is elsewhere."""
    return httpx.Client(base_url=board, timeout=_PATIENCE, trust_env=board.startswith("https:"))


def ask(client: httpx.Client, what: str, message: object, token: str = "") -> object:
    """Send a message to the board; returns its answer.

    Raises:
        NotReached: there is no answer, or the board is busy, or it does not know the seat.
        Refused: the board cannot use the message.
    """
    head = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = client.post(f"api/{what}", json=message, headers=head)
    except httpx.HTTPError as error:
        raise NotReached(
            say("The class board does not answer now ({error}).", error=type(error).__name__)
        ) from None
    if answer.status_code in (400, 422):
        why = say(
            "The class board did not understand this seat (status {status}).", status=answer.status_code
        )
        raise Refused(why, _refused_events(answer))
    if answer.status_code in (401, 403):
        raise Unknown(
            say(
                "The class board does not know this seat: the class was closed, or another one is open "
                "there. Join again with its new words, or call `leave()`."
            ),
            after=_LONGEST_WAIT,
        )
    try:
        if answer.status_code != 200:
            raise ValueError
        return answer.json()
    except ValueError:
        after = answer.headers.get("Retry-After", "")
        raise NotReached(
            say("The class board is busy (status {status}).", status=answer.status_code),
            after=min(float(after), 600.0) if after.isdecimal() else 0.0,
        ) from None


def _refused_events(answer: httpx.Response) -> frozenset[int]:
    """The places of the events that are at fault, if it is the board that says so, not something between."""
    try:
        places = [
            fault["loc"][2] for fault in answer.json()["detail"] if fault["loc"][:2] == ["body", "events"]
        ]
    except (ValueError, TypeError, LookupError):
        return frozenset()
    return frozenset(place for place in places if isinstance(place, int))


def event_of(token: str, offset: int, line: bytes) -> Event | None:
    """What is sent of a line of the journal: the listed fields. ``None`` for a line that is not an entry."""
    try:
        entry = _Entry.model_validate_json(line)
        return Event(key=key_of(token, offset, line), **entry.model_dump())
    except ValidationError:
        return None


class _Entry(BaseModel):
    """The fields of a journal's line that a class sees. Others are left out."""

    at: datetime
    kind: str
    id: str
    state: str | None = None
    miss: str | None = None
    number: int | None = None
    chosen: list[str] | None = None
    right: bool | None = None
