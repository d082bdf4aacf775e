"""What was noted, and the requests, tasks and marks with names that follow from it."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from course.words import say

LOOP, WORKER, NOTEBOOK = "event loop", "worker thread", "notebook"
"""Where things run. Programs compare these names, so they are the same in every language."""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that happened, as it was noted. Numbers are those of the record; `Timeline` gives names."""

    kind: str
    t: float  # seconds, time.perf_counter()
    request: int | None
    task: int | None
    thread: int  # threading.get_ident() of the thread where it happened
    emitter: int  # the asyncio task (or the bare thread) whose own order this note keeps
    text: str = ""
    error: BaseException | None = None
    number: int = 0  # of a mark made by the notebook, in the order of requests sent


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as its client first saw it, or the server where the client is not the bench's."""

    lane: str
    method: str
    path: str
    thread: int  # of the code that asked for it, 0 when that is not known


class Record:
    """All that a timeline is made from: the notes, and what their numbers stand for."""

    def __init__(self) -> None:
        self.owner = threading.get_ident()  # whose order of sending the text face may trust
        self.notes: list[Note] = []
        self.sent: dict[int, Sent] = {}  # by the number of the request, as are the next two
        self.roots: dict[int, int] = {}  # the emitter of its asyncio task
        self.endpoints: dict[int, str] = {}  # those that were called
        self.unnamed: set[str] = set()  # lanes of clients that nobody gave a name
        self.task_names: dict[int, str] = {}  # by the number of the task
        self.loop_thread = 0  # threading.get_ident() of the server's thread
        self.lifespan = 0  # the emitter of the lifespan's asyncio task
        self.pulse: float | None = None  # seconds between two ticks of the event loop


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Kinds: request_sent, handler_started, endpoint_started (its dependencies are solved),
    response_started, response_complete (the last part was handed to the server), client_has_it,
    client_left, client_error, task_queued (a plain function waits for a worker thread), task_started,
    task_ended, task_failed, task_cancelled, thread_started and thread_ended (another function in a worker
    thread, such as a `def` endpoint), request_ended, request_failed (an exception left the app), mark,
    pulse.
    """

    kind: str
    t: float  # seconds on the clock of time.perf_counter()
    lane: str
    name: str
    request: str | None = None
    error: BaseException | None = None


@dataclass(slots=True)
class Task:
    """A background task: where it ran, when (seconds of time.perf_counter()), and how it ended."""

    name: str  # "send_welcome_email#1"
    thread: str = LOOP  # or "worker thread"
    request: str | None = None
    queued: float | None = None  # when it began to wait for a worker thread
    started: float | None = None
    ended: float | None = None
    outcome: str = "running"  # done, failed, cancelled, or lost…: it returned work that nobody did
    error: BaseException | None = None
    lane: str = LOOP
    function: str = ""
    number: int = 0
    exchange: int | None = None  # number of the request


@dataclass(slots=True)
class Work:
    """Another function that ran in a worker thread."""

    function: str
    lane: str
    request: int | None
    started: float
    ended: float | None = None


@dataclass(slots=True)
class Mark:
    """A note of the app or of the notebook."""

    name: str  # "smtp accepted#1"
    label: str
    lane: str
    t: float
    note: Note


@dataclass(slots=True)
class Exchange:
    """A request and its response. Times are seconds of time.perf_counter()."""

    name: str  # "POST /register#1"
    lane: str  # of the client
    number: int = 0
    by_owner: bool = False  # sent by the thread that started the server
    title: str = ""  # "POST /register"
    endpoint: str | None = None  # that has run
    thread: str = LOOP  # where the endpoint ran
    sent: float | None = None
    received: float | None = None
    endpoint_started: float | None = None  # after its dependencies; None where only `received` is known
    response_started: float | None = None
    response_complete: float | None = None
    ended: float | None = None  # the app has returned: after the last task
    reply: float | None = None  # the client has the whole answer
    left: float | None = None  # or has given up
    status: int | None = None
    error: BaseException | None = None  # that left the app
    client_error: str | None = None
    tasks: list[Task] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class Model:
    """All of one timeline, as it was when this was made."""

    def __init__(self, record: Record) -> None:
        self.now = time.perf_counter()
        self.notes = [note for note in list(record.notes) if note.t <= self.now]
        self.pulse = record.pulse
        self.owner = record.owner
        self.lifespan = record.lifespan
        self.roots = dict(record.roots)
        self.exchanges: dict[int, Exchange] = {}
        self.tasks: dict[int, Task] = {}
        self.works: list[Work] = []
        self.marks: list[Mark] = []
        self.pulses = _pulses(self.notes)
        self._lanes = _lanes(self.notes, record.loop_thread)
        self.thread_lanes = sorted(set(self._lanes.values()) - {LOOP}, key=natural)
        self._name_exchanges(record)
        self._name_tasks(record)
        self._fill()
        self._name_marks()
        self.events = tuple(sorted((self._event(note) for note in self.notes), key=lambda event: event.t))

    def lane(self, note: Note) -> str:
        """Where a note of the server's side belongs."""
        return self._lanes.get(note.thread, NOTEBOOK)

    def _name_exchanges(self, record: Record) -> None:
        counts: Counter[str] = Counter()
        numbers = sorted({note.request for note in self.notes if note.request is not None})
        lanes = _client_lanes([record.sent[number].lane for number in numbers], record.unnamed)
        for number in numbers:
            sent = record.sent[number]
            title = f"{sent.method} {sent.path}"
            counts[title] += 1
            self.exchanges[number] = Exchange(
                name=f"{title}#{counts[title]}",
                lane=lanes[sent.lane],
                number=number,
                by_owner=sent.thread == self.owner,
                title=title,
                endpoint=record.endpoints.get(number),
            )

    def _name_tasks(self, record: Record) -> None:
        first: dict[int, tuple[int, int]] = {}
        for index, note in enumerate(self.notes):
            if note.task is not None and note.task not in first:
                first[note.task] = (note.request or 0, index)
        counts: Counter[str] = Counter()
        for number in sorted(first, key=first.__getitem__):
            function = record.task_names[number]
            counts[function] += 1
            task = Task(name=f"{function}#{counts[function]}", function=function, number=number)
            self.tasks[number] = task
            exchange = self.exchanges.get(first[number][0])
            if exchange is not None:
                task.request = exchange.name
                task.exchange = exchange.number
                exchange.tasks.append(task)

    def _fill(self) -> None:
        open_works: dict[int, list[Work]] = {}
        for note in self.notes:
            exchange = self.exchanges.get(note.request) if note.request is not None else None
            if exchange is not None:
                exchange.notes.append(note)
                _fill_exchange(exchange, note)
            if note.kind == "thread_started":
                work = Work(note.text, self.lane(note), note.request, note.t)
                self.works.append(work)
                open_works.setdefault(note.thread, []).append(work)
                if exchange is not None:
                    exchange.works.append(work)
                    if note.text == exchange.endpoint and exchange.response_started is None:
                        exchange.thread = WORKER
            elif note.kind == "thread_ended" and open_works.get(note.thread):
                open_works[note.thread].pop().ended = note.t
            elif note.task is not None:
                self._fill_task(self.tasks[note.task], note)

    def _fill_task(self, task: Task, note: Note) -> None:
        match note.kind:
            case "task_queued":
                task.queued = note.t
                task.thread = task.lane = WORKER
            case "task_started":
                task.started = note.t
                task.lane = self.lane(note)
            case "task_ended" | "task_failed" | "task_cancelled":
                task.started = note.t if task.started is None else task.started
                task.ended = note.t
                task.error = note.error
                outcome = {"task_failed": "failed", "task_cancelled": "cancelled"}.get(note.kind, "done")
                task.outcome = note.text or outcome

    def _name_marks(self) -> None:
        counts: Counter[str] = Counter()
        for note in self.notes:
            if note.kind == "mark":
                counts[note.text] += 1
                name = f"{note.text}#{counts[note.text]}"
                self.marks.append(Mark(name, note.text, self.lane(note), note.t, note))

    def _event(self, note: Note) -> Event:
        exchange = self.exchanges.get(note.request) if note.request is not None else None
        request = exchange.name if exchange is not None else None
        lane = self.lane(note)
        name = note.text
        if exchange is not None and note.kind in _OF_CLIENT:
            lane = exchange.lane
        if note.kind not in {"mark", "thread_started", "thread_ended"}:
            name = self.tasks[note.task].name if note.task is not None else request or note.kind
        return Event(note.kind, note.t, lane, name, request, note.error)


_OF_CLIENT = {"request_sent", "client_has_it", "client_left", "client_error"}


def _fill_exchange(exchange: Exchange, note: Note) -> None:
    match note.kind:
        case "request_sent":
            exchange.sent = note.t
        case "handler_started":
            exchange.received = note.t
        case "endpoint_started":
            exchange.endpoint_started = note.t
        case "response_started":
            exchange.response_started = note.t
            exchange.status = int(note.text)
        case "response_complete":
            exchange.response_complete = note.t
        case "request_ended" | "request_failed":
            exchange.ended = note.t
            exchange.error = note.error
        case "client_has_it":
            exchange.reply = note.t
        case "client_left" | "client_error":
            exchange.left = note.t
            exchange.client_error = note.text or None


def _pulses(notes: list[Note]) -> list[list[float]]:
    """The ticks of the event loop, one list for each span of time in which they were noted."""
    runs: list[list[float]] = []
    for note in notes:
        if note.kind == "pulse":
            if note.text or not runs:
                runs.append([])
            runs[-1].append(note.t)
    return runs


def _client_lanes(names: list[str], unnamed: set[str]) -> dict[str, str]:
    """The lane of each client. Where the notebook's own client did nothing, the numbers begin at 1."""
    lanes = {name: name for name in names}
    if "client" not in lanes:
        numbered = sorted(unnamed & lanes.keys(), key=natural)
        lanes |= {name: f"client {number}" for number, name in enumerate(numbered, 1)}
    return lanes


def natural(name: str) -> tuple[str, int]:
    """A key to sort by: ``client 10`` comes after ``client 9``."""
    match = re.fullmatch(r"(.*?)(\d*)", name)
    assert match is not None
    return match[1], int(match[2] or 0)


def shown(lane: str) -> str:
    """The name of a lane in the learner's language. A client may have a name of its own, which stays."""
    name, number = natural(lane)
    said = {
        LOOP: say("event loop"),
        WORKER: say("worker thread"),
        NOTEBOOK: say("notebook"),
        f"{WORKER} ": say("worker thread {n}", n=number),
        "own thread ": say("own thread {n}", n=number),
        "client": say("client"),
        "client ": say("client {n}", n=number),
        "another client": say("another client"),
    }
    return said.get(name, lane)


def _lanes(notes: list[Note], loop: int) -> dict[int, str]:
    """The name of each thread on the server's side; worker threads are numbered as they appear."""
    lanes = {loop: LOOP}
    workers = own = 0
    for note in notes:
        if note.thread in lanes:
            continue
        if note.kind in {"thread_started", "task_started"}:
            workers += 1
            lanes[note.thread] = f"{WORKER} {workers}"
        elif note.kind == "mark" and (note.request is not None or note.task is not None):
            own += 1
            lanes[note.thread] = f"own thread {own}"
    return lanes
