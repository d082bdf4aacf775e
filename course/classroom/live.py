"""A class while it is open: what its seats send goes to the store, then to the room, then to the pages."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from course.classroom import names
from course.classroom.room import Room, lesson_title
from course.classroom.store import Class, Noted, Seat, Store
from course.classroom.wire import Enter, Status, Sync
from course.practice.markup import inline
from course.practice.texts import Lesson
from course.words import pages

MOST_SEATS = 6_000
MOST_EVENTS = 5_000
"""Events of one seat. An eager learner makes some hundreds in the whole course."""
_GATHER = 0.3
"""Seconds in which changes are gathered before the pages are drawn."""
_REDRAW = 5.0
"""Seconds after which the pages are drawn although nothing has come: time has passed."""
_log = logging.getLogger(__name__)

Clock = Callable[[], float]


class Full(Exception):
    """There is no room for another seat, or a seat has sent more than a learner does."""


class Busy(Exception):
    """The store cannot be written now. Nothing is lost: the seats send again."""


class Writer:
    """Stores what comes at the same time in one transaction, and answers when it is committed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[Sequence[Noted], asyncio.Future[list[Noted]]]] = []
        self._some = asyncio.Event()

    async def add(self, noted: Sequence[Noted]) -> list[Noted]:
        """Those of the events that were not there yet, once they are committed.

        Raises:
            Busy: they could not be stored.
        """
        done: asyncio.Future[list[Noted]] = asyncio.get_running_loop().create_future()
        self._waiting.append((noted, done))
        self._some.set()
        return await done

    async def run(self) -> None:
        """Write until this is cancelled."""
        while True:
            await self._some.wait()
            self._some.clear()
            taken, self._waiting = self._waiting, []
            together = [each for noted, _ in taken for each in noted]
            try:
                added = set(map(id, await asyncio.to_thread(self._store.add, together)))
            except Exception as error:  # whatever it is, the seats send again, and the next ones are stored
                for _, done in taken:
                    if not done.done():
                        done.set_exception(Busy(type(error).__name__))
                continue
            for noted, done in taken:
                if not done.done():
                    done.set_result([each for each in noted if id(each) in added])


class Pages:
    """The parts that pages are made of, as HTML, each with the version in which it changed last.

    A page that comes back after a while gets the parts that have changed since; one that knows nothing, or
    comes from before the board was started, gets all.
    """

    def __init__(self) -> None:
        self._boot = secrets.token_hex(4)
        self.version = 0
        self.parts: dict[str, tuple[int, str]] = {}
        self._changed = asyncio.Condition()
        self._news: dict[tuple[int, str], str] = {}

    async def put(self, parts: dict[str, str]) -> None:
        """Let the parts be these. What is not among them any more is empty from now on."""
        new = {**dict.fromkeys(self.parts, ""), **parts}
        changed = {name: html for name, html in new.items() if self.parts.get(name, (0, None))[1] != html}
        if not changed:
            return
        self.version += 1
        self.parts |= {name: (self.version, html) for name, html in changed.items()}
        self._news.clear()
        async with self._changed:
            self._changed.notify_all()

    def mark(self) -> str:
        """The name of the present version."""
        return f"{self._boot}-{self.version}"

    def read_mark(self, mark: str | None) -> int:
        """The version of that name; 0 for none, and for one of another run of the board."""
        boot, _, version = (mark or "").partition("-")
        known = boot == self._boot and version.isdecimal() and len(version) < 12
        return min(int(version), self.version) if known else 0

    async def changes(self, seen: int, prefix: str) -> AsyncIterator[tuple[str, str]]:
        """Again and again the name of a version, and the parts that have changed since ``seen``, as JSON."""
        while True:
            async with self._changed:
                while self.version <= seen:
                    await self._changed.wait()
            news, seen = self._since(seen, prefix), self.version
            if news:
                yield self.mark(), news

    def _since(self, seen: int, prefix: str) -> str:
        """What has changed, or nothing; made once for all the pages that know the same."""
        if (seen, prefix) not in self._news:
            news = [(n, html) for n, (v, html) in self.parts.items() if v > seen and n.startswith(prefix)]
            self._news[seen, prefix] = json.dumps(news) if news else ""
        return self._news[seen, prefix]


class Live:
    """One class. ``clock`` gives seconds since 1970."""

    def __init__(self, store: Store, found: Class, *, clock: Clock = time.time) -> None:
        self.store, self.found, self.clock = store, found, clock
        self.room = Room(store.seats(found.id), store.events(found.id), now=clock())
        self.marks = store.marks(found.id)
        self.writer, self.pages = Writer(store), Pages()
        self._by_token = {place.seat.token: id for id, place in self.room.places.items()}
        self._news = asyncio.Event()
        self._joining = asyncio.Lock()
        self._rows: dict[int, tuple[object, str]] = {}
        self._templates = pages(Path(__file__).with_name("templates"))
        self._templates.filters["inline"] = lambda text: Markup(inline(text))
        self._templates.filters["lesson"] = lesson_title

    # seats

    def seat_of(self, token: str) -> int | None:
        """The seat with that secret."""
        return self._by_token.get(digest(token))

    async def join(self, asked: Enter, name: str) -> Seat:
        """Give a seat to whoever may have one; a made-up name stands in for none.

        Raises:
            Full: there are too many.
            Busy: the store cannot be written.
        """
        token = digest(asked.token)
        async with self._joining:  # two of the same name at once get two names
            if token not in self._by_token and len(self.room.places) >= MOST_SEATS:
                raise Full
            taken = {place.seat.name for place in self.room.places.values()}
            name = names.unlike(name, taken) if name else names.pseudonym(taken)
            now = self.clock()
            seat: Seat = await self._stored(self.store.join, self.found.id, token, name, asked.doctor, now)
            self._by_token[token] = seat.id
            self.room.enter(seat, now)
        self._news.set()
        return seat

    async def leave(self, seat: int) -> None:
        """Delete a seat and all that it has sent.

        Raises:
            Busy: the store cannot be written.
        """
        await self._stored(self.store.delete_seat, seat)
        self._by_token = {token: id for token, id in self._by_token.items() if id != seat}
        self._rows.pop(seat, None)
        self.room.leave(seat)
        self._news.set()

    async def sync(self, seat: int, message: Sync) -> Status:
        """Store what a seat has sent, then tell it what it should know.

        Raises:
            Busy: the store cannot be written. The seat sends again.
            Full: the seat has sent more than a learner does.
        """
        place, now = self.room.places[seat], self.clock()
        if place.events + len(message.events) > MOST_EVENTS:
            raise Full
        for each in await self.writer.add(_timed(seat, message, place.moved, now)) if message.events else []:
            self.room.add(each)
            self._news.set()
        if seat not in self.room.places:  # it has left meanwhile
            return Status()
        if self.room.hear(seat, now):
            self._news.set()
        await self._take_hand(place.seat, message.hand, now)
        return Status(hand=place.seat.hand_state, timer=self.left(now))  # type: ignore[arg-type]

    async def _take_hand(self, seat: Seat, hand: str | None, now: float) -> None:
        """The seat says which raising of its hand counts; the same one again changes nothing."""
        if hand is not None and hand != seat.hand:
            await self.set_hand(seat, hand, now, "up")
        elif hand is None and seat.hand_state != "down":
            await self.set_hand(seat, seat.hand, seat.hand_at, "down")

    async def set_hand(self, seat: Seat, hand: str | None, at: float | None, state: str) -> None:
        """Note that a hand is ``up``, that somebody is ``coming``, or that it is ``down``.

        Raises:
            Busy: the store cannot be written.
        """
        await self._stored(self.store.set_hand, seat.id, hand, at, state)
        self.room.enter(replace(seat, hand=hand, hand_at=at, hand_state=state), self.clock())
        self._news.set()

    # what the instructor sets

    async def mark(self, what: str, value: str | None) -> None:
        """Set the ``timer``, the ``lesson`` or ``poll:…``; ``None`` removes it.

        Raises:
            Busy: the store cannot be written.
        """
        await self._stored(self.store.mark, self.found.id, what, value)
        self.marks.pop(what, None)
        if value is not None:
            self.marks[what] = value
        self._news.set()

    def left(self, now: float) -> float | None:
        """Seconds until the timer ends; ``None`` when none runs."""
        end = float(self.marks.get("timer", 0))
        return end - now if end > now else None

    def lesson(self) -> Lesson:
        """The lesson that is shown: the one that the instructor chose, or where most are."""
        chosen = self.marks.get("lesson")
        return self.room.lessons[chosen if chosen in self.room.lessons else self.room.current_lesson()]

    async def _stored(self, what: Callable[..., Any], *given: object) -> Any:
        try:
            return await asyncio.to_thread(what, *given)
        except SQLAlchemyError as error:
            raise Busy(type(error).__name__) from None

    # drawing

    async def run(self) -> None:
        """Write and draw until this is cancelled."""
        await self.draw()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.writer.run())
            tasks.create_task(self._draw_again_and_again())

    async def _draw_again_and_again(self) -> None:
        while True:
            # Not `wait_for`: up to Python 3.11 it loses a cancellation that comes together with the news.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_REDRAW):
                    await self._news.wait()
            self._news.clear()
            try:
                await self.draw()
            except Exception:  # whatever it is, what seats send is stored all the same
                _log.exception("the pages cannot be drawn")
            await asyncio.sleep(_GATHER)

    async def draw(self) -> None:
        """Work out what is to be seen, once for all pages.

        The loop is free between two parts: who sends something does not wait until all is drawn.
        """
        parts: dict[str, str] = {}
        for name, html in self._parts():
            parts[name] = html
            await asyncio.sleep(0)
        for _ in self._draw_rows():
            await asyncio.sleep(0)
        rows = {f"b-row-{id}": html for id, (_, html) in self._rows.items()}
        await self.pages.put(parts | rows)

    def _parts(self) -> Iterator[tuple[str, str]]:
        """All but the rows. What happens between two of them is seen when they are drawn again."""
        now, lesson, room = self.clock(), self.lesson(), self.room
        yield "b-hands", self.render("hands", hands=room.hands())
        yield "b-stuck", self.render("stuck", stuck=room.stuck(now))
        yield "b-misses", self.render("misses", misses=room.misses(now))
        away = {seat.id for seat in room.away(now)}
        yield "b-seats", self.render("seats", places=room.places, away=away, broken=room.broken())
        timer = self.render("timer", end=self.marks.get("timer", ""))
        yield "b-timer", timer
        yield "p-timer", timer
        columns = room.columns(lesson)
        yield "b-head", self.render("head", lesson=lesson.name, columns=columns)
        yield "p-done", self.render("done", columns=columns, seats=len(room.places))
        revealed = {what.partition(":")[2]: True for what in self.marks if what.startswith("poll:")}
        polls = room.polls(lesson, revealed)
        yield "b-polls", self.render("polls", polls=polls, forms=True)
        projected = [*polls[:1], *(poll for poll in polls[1:] if poll.revealed)]
        yield "p-polls", self.render("polls", polls=projected, forms=False)

    def _draw_rows(self) -> Iterator[None]:
        """Draw the row of each seat of which something has changed."""
        lesson = self.lesson()
        columns = lesson.text.exercises
        for id, place in [*self.room.places.items()]:
            if id not in self.room.places:  # it has left meanwhile
                continue
            away = self.room.is_away(place, self.clock())
            key = (lesson.name, away, place.events, place.seat)
            if id not in self._rows or self._rows[id][0] != key:
                html = self.render("row", place=place, columns=columns, away=away)
                self._rows[id] = (key, html)
                yield

    def render(self, part: str, **given: Any) -> str:
        """A part of a page: the macro of that name."""
        module: Any = self._templates.get_template("parts.html.j2").module
        return str(getattr(module, part)(**given))

    def page(self, name: str, **given: Any) -> str:
        """A whole page."""
        parts = {part: Markup(html) for part, (_, html) in self.pages.parts.items()}
        return self._templates.get_template(f"{name}.html.j2").render(
            found=self.found, parts=parts, mark=self.pages.mark(), now=self.clock(), **given
        )


def _timed(seat: int, message: Sync, moved: float, now: float) -> list[Noted]:
    """The events at times of the board's clock: as long ago as the seat's clock says, in their order, and
    never in the future, whatever the seat's clock has been set to meanwhile.
    """
    found, last = [], moved
    for event in message.events:
        ago = max(0.0, (message.sent - event.at).total_seconds())
        last = max(last + 1e-6, min(now, now - ago))
        found.append(Noted(seat, last, event))
    return found


def digest(token: str) -> str:
    """What the board keeps of a seat's secret."""
    return hashlib.sha256(token.encode()).hexdigest()
