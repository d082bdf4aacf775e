"""What a class leaves behind, in a database: SQLite in a folder of this machine, or PostgreSQL elsewhere.

Whatever has been answered has been committed, to the disk. The same event twice is one row.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from course.classroom import names
from course.classroom.wire import Event
from course.paths import ROOT

FOLDER = ROOT / "classes"
"""Where classes are, unless another database is named."""
IDLE = 20 * 60
"""Seconds; a longer pause between two events is a break, not work."""

_meta = sa.MetaData()
_classes = sa.Table(
    "classes",
    _meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(names.LONGEST), unique=True, nullable=False),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("secret", sa.String(64), nullable=False),
    sa.Column("opened", sa.Float, nullable=False),
)
_seats = sa.Table(
    "seats",
    _meta,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("class_id", sa.ForeignKey("classes.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("token", sa.String(64), unique=True, nullable=False),
    sa.Column("name", sa.String(names.LONGEST), nullable=False),
    sa.Column("joined", sa.Float, nullable=False),
    sa.Column("doctor", sa.String(11)),
    sa.Column("hand", sa.String(32)),
    sa.Column("hand_at", sa.Float),
    sa.Column("hand_state", sa.String(8), nullable=False, server_default="down"),
)
_events = sa.Table(
    "events",
    _meta,
    sa.Column("seat_id", sa.ForeignKey("seats.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", sa.Uuid, primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("item", sa.String(120), nullable=False),
    sa.Column("state", sa.String(16)),
    sa.Column("miss", sa.String(80)),
    sa.Column("number", sa.Integer),
    sa.Column("chosen", sa.String(16)),
    sa.Column("right", sa.Boolean),
)
_marks = sa.Table(
    "marks",
    _meta,
    sa.Column("class_id", sa.ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("what", sa.String(140), primary_key=True),
    sa.Column("value", sa.String(140), nullable=False),
)


@dataclass(frozen=True)
class Class:
    """A class: its name, what lets learners in, what lets the instructor in, and since when it is open."""

    id: int
    name: str
    code: str
    secret: str
    opened: float


@dataclass(frozen=True)
class Seat:
    """A learner in a class. Times are seconds of the board's clock."""

    id: int
    name: str
    token: str
    """Only its digest."""
    joined: float
    doctor: str | None = None
    hand: str | None = None
    hand_at: float | None = None
    hand_state: str = "down"


@dataclass(frozen=True)
class Noted:
    """An event of a seat, at a time of the board's clock, in seconds."""

    seat: int
    at: float
    event: Event


class Store:
    """The classes in one database."""

    def __init__(self, url: str | None = None) -> None:
        if url is None:
            FOLDER.mkdir(exist_ok=True)
            url = f"sqlite:///{(FOLDER / 'classes.sqlite3').as_posix()}"
        self._engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
        self._sqlite = self._engine.dialect.name == "sqlite"
        if self._sqlite:
            sa.event.listen(self._engine, "connect", _set_up_sqlite)
        _meta.create_all(self._engine)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    # classes

    def classes(self) -> list[tuple[Class, int, int]]:
        """Every class, with the numbers of its seats and of its events."""
        seats = sa.select(sa.func.count()).where(_seats.c.class_id == _classes.c.id).scalar_subquery()
        events = (
            sa.select(sa.func.count())
            .select_from(_events.join(_seats))
            .where(_seats.c.class_id == _classes.c.id)
            .scalar_subquery()
        )
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(*_classes.c, seats, events).order_by(_classes.c.opened))
            return [(Class(*row[:5]), row[5], row[6]) for row in rows]

    def find(self, name: str) -> Class | None:
        """The class of that name."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(*_classes.c).where(_classes.c.name == name)).first()
        return Class(*row) if row else None

    def open(self, name: str, now: float) -> Class:
        """The class of that name, which may have been opened before."""
        made = {"code": names.new_code(), "secret": secrets.token_urlsafe(32), "opened": now}
        with self._engine.begin() as connection:
            connection.execute(self._insert(_classes).values(name=name, **made).on_conflict_do_nothing())
        found = self.find(name)
        assert found is not None
        return found

    def delete_class(self, id: int) -> None:
        """Delete a class and everything that its seats have sent."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_classes).where(_classes.c.id == id))
        if self._sqlite:
            with self._engine.connect() as connection:
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))

    # seats

    def seats(self, class_id: int) -> list[Seat]:
        """Every seat of a class, in the order of joining."""
        chosen = sa.select(*_SEAT).where(_seats.c.class_id == class_id).order_by(_seats.c.id)
        with self._engine.connect() as connection:
            return [Seat(*row) for row in connection.execute(chosen)]

    def join(self, class_id: int, token: str, name: str, doctor: str | None, now: float) -> Seat:
        """The seat with that token's digest: a new one, or the one that asked before."""
        values = {"class_id": class_id, "token": token, "name": name, "joined": now, "doctor": doctor}
        with self._engine.begin() as connection:
            connection.execute(self._insert(_seats).values(**values).on_conflict_do_nothing())
            row = connection.execute(sa.select(*_SEAT).where(_seats.c.token == token)).one()
        return Seat(*row)

    def set_hand(self, seat: int, hand: str | None, at: float | None, state: str) -> None:
        """Note that a hand is up, that somebody is coming, or that it is down."""
        values = {"hand": hand, "hand_at": at, "hand_state": state}
        with self._engine.begin() as connection:
            connection.execute(sa.update(_seats).where(_seats.c.id == seat).values(**values))

    def delete_seat(self, id: int) -> None:
        """Delete a seat and everything that it has sent."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_seats).where(_seats.c.id == id))

    # events

    def add(self, noted: Sequence[Noted]) -> list[Noted]:
        """Store events in one transaction, and return those that were not there yet.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database cannot be written. Nothing was stored.
        """
        rows = {(each.seat, each.event.key): each for each in noted}
        if not rows:
            return []
        insert = self._insert(_events).on_conflict_do_nothing().returning(_events.c.seat_id, _events.c.key)
        with self._engine.begin() as connection:
            alive = set(
                connection.scalars(sa.select(_seats.c.id).where(_seats.c.id.in_({s for s, _ in rows})))
            )
            values = [_row(each) for each in rows.values() if each.seat in alive]
            added = connection.execute(insert, values).all() if values else []
        return [rows[seat, key] for seat, key in added]

    def events(self, class_id: int) -> Iterator[Noted]:
        """Every event of a class, oldest first."""
        chosen = (
            sa.select(_events)
            .join(_seats, _seats.c.id == _events.c.seat_id)
            .where(_seats.c.class_id == class_id)
            .order_by(_events.c.at, _events.c.key)
        )
        with self._engine.connect() as connection:
            for row in connection.execute(chosen):
                yield _noted(row)

    # marks

    def marks(self, class_id: int) -> dict[str, str]:
        """What the instructor has set: the timer's end, the lesson, which polls are revealed."""
        chosen = sa.select(_marks.c.what, _marks.c.value).where(_marks.c.class_id == class_id)
        with self._engine.connect() as connection:
            return {row.what: row.value for row in connection.execute(chosen)}

    def mark(self, class_id: int, what: str, value: str | None) -> None:
        """Set one of them, or remove it."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(_marks).where(_marks.c.class_id == class_id, _marks.c.what == what))
            if value is not None:
                connection.execute(sa.insert(_marks).values(class_id=class_id, what=what, value=value))

    def _insert(self, table: sa.Table) -> Any:
        return sqlite.insert(table) if self._sqlite else postgresql.insert(table)


_SEAT = [
    _seats.c[name] for name in ("id", "name", "token", "joined", "doctor", "hand", "hand_at", "hand_state")
]


def _set_up_sqlite(connection: Any, _: object) -> None:
    """Readers and the writer do not wait for each other; a commit is on the disk; what is deleted is gone."""
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=5000",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _row(noted: Noted) -> dict[str, Any]:
    event = noted.event
    return {
        "seat_id": noted.seat,
        "key": event.key,
        "at": noted.at,
        "kind": event.kind,
        "item": event.id,
        "state": event.state,
        "miss": event.miss,
        "number": event.number,
        "chosen": None if event.chosen is None else "".join(event.chosen),
        "right": event.right,
    }


def _noted(row: Any) -> Noted:
    event = Event.model_construct(
        key=row.key,
        kind=row.kind,
        id=row.item,
        state=row.state,
        miss=row.miss,
        number=row.number,
        chosen=None if row.chosen is None else list(row.chosen),
        right=row.right,
    )
    return Noted(row.seat_id, row.at, event)


# ---- what an instructor takes home -------------------------------------------------------------------------


def to_csv(seats: Iterable[Seat], events: Iterable[Noted], lesson_of: Mapping[str, str]) -> str:
    """A line for each learner and exercise: state, checks, minutes, hints, and which misses how often."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(["learner", "lesson", "exercise", "state", "checks", "hints", "minutes", "misses"])
    called = {seat.id: seat.name for seat in seats}
    by_seat: defaultdict[int, list[Noted]] = defaultdict(list)
    for noted in events:
        by_seat[noted.seat].append(noted)
    for seat, name in called.items():
        for item, line in _lines(by_seat[seat]):
            cells = (name, lesson_of.get(item, ""), item, *line)
            writer.writerow([names.no_formula(each) if isinstance(each, str) else each for each in cells])
    return stream.getvalue()


def _lines(events: Sequence[Noted]) -> Iterator[tuple[str, tuple[object, ...]]]:
    seconds: Counter[str] = Counter()
    for before, now in itertools.pairwise(events):
        if 0 <= (pause := now.at - before.at) <= IDLE:
            seconds[now.event.id] += round(pause)
    for item in dict.fromkeys(
        each.event.id for each in events if each.event.kind in ("check", "hint", "solution")
    ):
        own = [each.event for each in events if each.event.id == item]
        checks = [event for event in own if event.kind == "check"]
        states = {event.state for event in checks}
        state = next((each for each in ("passed", "not yet", "not attempted") if each in states), "")
        misses = Counter(event.miss for event in checks if event.miss)
        said = "; ".join(f"{miss} × {count}" for miss, count in misses.most_common())
        hints = sum(event.kind == "hint" for event in own)
        yield item, (state, len(checks), hints, f"{seconds[item] / 60:.1f}", said)


def to_json_lines(seats: Iterable[Seat], events: Iterable[Noted]) -> Iterator[str]:
    """A line for each event, oldest first. ``at`` is in seconds since 1970, by the board's clock."""
    called = {seat.id: seat.name for seat in seats}
    for noted in events:
        said = noted.event.model_dump(exclude={"key", "at"}, exclude_none=True)
        yield json.dumps({"learner": called.get(noted.seat, ""), "at": noted.at, **said}, ensure_ascii=False)


def export(store: Store, found: Class, folder: Path, lesson_of: Mapping[str, str]) -> list[Path]:
    """Write a class to ``exercises.csv`` and ``events.jsonl`` in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    seats, events = store.seats(found.id), list(store.events(found.id))
    table, lines = folder / "exercises.csv", folder / "events.jsonl"
    table.write_text(to_csv(seats, events, lesson_of), encoding="utf-8-sig", newline="")
    text = "".join(f"{line}\n" for line in to_json_lines(seats, events))
    lines.write_text(text, encoding="utf-8", newline="\n")
    return [table, lines]
