"""The text face of a timeline: what happened in which order, without a measured time.

It must be the same at every run and under any load. So it keeps to orders that have a cause: a request comes
before its handler, its handler before its response, its response before its tasks, one task before the next.
Whether a client had its answer before a task began is a race, so the text does not say it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from course.tasks import describe
from course.timeline.model import NOTEBOOK, Exchange, Model, Note, Task, natural, shown
from course.words import say

_STEP = "  "
_MANY = 4  # so many requests in a row that did the same are shown as one


@dataclass(frozen=True, slots=True)
class _Block:
    head: str
    lines: list[str] = field(default_factory=list)
    title: str = ""
    lane: str = ""


def as_text(model: Model) -> str:
    """The whole timeline, a line for each thing."""
    lines = [line for block in _blocks(model) for line in block]
    return "\n".join(lines) if lines else nothing_yet()


def nothing_yet() -> str:
    """What stands for a timeline on which nothing has happened."""
    return say("Nothing has happened yet.")


def error_text(error: BaseException) -> str:
    """One line that is the same at every run: no addresses."""
    return re.sub(r"0x[0-9a-fA-F]{4,}", "0x…", describe(error))


def _blocks(model: Model) -> Iterator[list[str]]:
    """Lifespan, then what the notebook's own thread did in its order, then other clients by name."""
    yield from _lifespan(model)
    mine: list[tuple[int, _Block]] = []
    others: list[tuple[tuple[object, ...], _Block]] = []
    for exchange in model.exchanges.values():
        block = _exchange(model, exchange)
        if exchange.by_owner:
            mine.append((exchange.number, block))
        else:
            others.append(((*natural(exchange.lane), exchange.number), block))
    for mark in model.marks:
        if mark.note.number:
            line = say("{who}: {what}", who=shown(NOTEBOOK), what=mark.label)
            if mark.note.thread == model.owner:
                mine.append((mark.note.number, _Block(line)))
            else:
                others.append(((*natural(NOTEBOOK), mark.note.number), _Block(line)))
    yield from _together([block for _, block in sorted(mine, key=lambda item: item[0])])
    yield from _together([block for _, block in sorted(others, key=lambda item: item[0])])


def _together(blocks: list[_Block]) -> Iterator[list[str]]:
    """Show many requests in a row that did the same once."""
    for _, group in itertools.groupby(blocks, key=lambda block: (block.title, block.lines)):
        same = list(group)
        lanes = {block.lane for block in same}
        if len(same) < _MANY or not same[0].title or 1 < len(lanes) < len(same):
            yield from ([block.head, *block.lines] for block in same)
        else:
            yield [_many(same, len(lanes)), *same[0].lines]


def _many(same: list[_Block], clients: int) -> str:
    """The head of many requests that did the same, from one client or from one client each."""
    if clients == 1:
        return say(
            "{lane}: {name}, {n} times, each", lane=shown(same[0].lane), name=same[0].title, n=len(same)
        )
    return say("{n} clients: {name}, each", n=len(same), name=same[0].title)


def _lifespan(model: Model) -> Iterator[list[str]]:
    notes = [
        m.note for m in model.marks if not m.note.number and m.note.request is None and m.note.task is None
    ]
    loose = [task for task in model.tasks.values() if task.request is None]
    lines = _marks(notes, model.lifespan, _STEP)
    for task in loose:
        own = [mark.note for mark in model.marks if mark.note.task == task.number]
        lines += [_STEP + _task_line(task), *_marks(own, None, _STEP * 2)]
    if lines:
        yield [say("lifespan") if model.lifespan or notes else say("tasks"), *lines]


def _exchange(model: Model, exchange: Exchange) -> _Block:
    head = say("{who}: {what}", who=shown(exchange.lane), what=_short(model, exchange))
    lines: list[str] = []
    if exchange.endpoint is not None:
        where = say("{function} ({lane})", function=f"{exchange.endpoint}()", lane=shown(exchange.thread))
        lines.append(_STEP + where)
    lines += [_STEP + line for line in _Story(model, exchange).lines()]
    return _Block(head, lines, exchange.title, exchange.lane)


class _Story:
    """What one request did, in the order of its flow of control."""

    def __init__(self, model: Model, exchange: Exchange) -> None:
        self.exchange = exchange
        self.tasks = {task.number: task for task in exchange.tasks}
        root = model.roots.get(exchange.number, 0)
        self.flow: dict[int, list[Note]] = {root: []}
        for note in exchange.notes:
            if note.kind.startswith("task_"):
                self.flow.setdefault(note.emitter, [])
        self.beside: dict[int | None, list[Note]] = {}
        for note in exchange.notes:
            if note.emitter in self.flow:
                self.flow[note.emitter].append(note)
            elif note.kind == "mark":
                self.beside.setdefault(note.task, []).append(note)
        self.root = root

    def lines(self) -> list[str]:
        exchange = self.exchange
        lines = [line for note in self._ordered() for line in self._line(note)]
        lines += _beside(self.beside.get(None, []))
        if exchange.client_error is not None and exchange.response_complete is None:
            lines.append(say("no response: {error}", error=exchange.client_error))
        elif exchange.response_started is None and exchange.ended is None:
            lines.append(say("no response yet"))
        return lines

    def _ordered(self) -> list[Note]:
        """The request's own asyncio task; those that a middleware ran the app in follow its response."""
        own = self.flow[self.root]
        rest = [self.flow[emitter] for emitter in self.flow if emitter != self.root]
        if not rest:
            return own
        cut = next((i for i, note in enumerate(own) if note.kind == "response_complete"), len(own) - 1) + 1
        rest.sort(key=lambda notes: min(note.task or 0 for note in notes))
        return [*own[:cut], *(note for notes in rest for note in notes), *own[cut:]]

    def _line(self, note: Note) -> Iterator[str]:
        exchange = self.exchange
        match note.kind:
            case "response_complete":
                yield say("response {status}", status=exchange.status)
            case "mark" if note.task is None:
                yield _mark(note)
            case "mark":
                yield _STEP + _mark(note)
            case "task_started":
                yield _task_line(self.tasks[note.task or 0])
            case "task_ended" | "task_failed" | "task_cancelled":
                task = self.tasks[note.task or 0]
                if task.started == task.ended and not self._started(task):
                    yield _task_line(task)
                yield from (_STEP + line for line in _beside(self.beside.get(note.task, [])))
            case "request_failed" if note.error is not None and not self._by_task(note.error):
                if exchange.response_started is not None and exchange.response_complete is None:
                    yield say("response {status}, cut off before its end", status=exchange.status)
                yield say("raised {error}", error=error_text(note.error))

    def _started(self, task: Task) -> bool:
        return any(note.kind == "task_started" and note.task == task.number for note in self.exchange.notes)

    def _by_task(self, error: BaseException) -> bool:
        return any(task.error is error for task in self.exchange.tasks)


def _task_line(task: Task) -> str:
    error = "" if task.error is None else error_text(task.error)
    return say(
        "{function} ({lane}): {ending}",
        function=task.function,
        lane=shown(task.thread),
        ending=_ending(task.outcome, error),
    )


def _ending(outcome: str, error: str) -> str:
    """How a task ended, or what it returned instead of doing it."""
    match outcome:
        case "done":
            return say("done")
        case "failed":
            return say("failed, {error}", error=error)
        case "cancelled":
            return say("cancelled")
        case "lost":
            return say("returned a coroutine that nobody awaited")
        case "lost_awaitable":
            return say("returned an awaitable that nobody awaited")
        case "lost_lazy":
            return say("returned a generator that nobody looped over")
        case "lost_future":
            return say("returned a future that nobody waited for")
        case "lost_context":
            return say("returned a context manager that nobody entered")
    return say("still running")


def _mark(note: Note) -> str:
    return f"- {note.text}"


def _marks(notes: list[Note], main: int | None, indent: str) -> list[str]:
    """Those of the main flow in their order, those of others beside it."""
    own = [note for note in notes if main is None or note.emitter == main]
    rest = [note for note in notes if main is not None and note.emitter != main]
    lines = [_mark(note) for note in own] + _beside(rest)
    return [indent + line for line in lines]


def _beside(notes: list[Note]) -> list[str]:
    """Marks of asyncio tasks and threads that the app started itself: each keeps its own order only."""
    groups: dict[int, list[str]] = {}
    for note in notes:
        groups.setdefault(note.emitter, []).append(_mark(note))
    if not groups:
        return []
    lines = [_STEP + line for group in sorted(groups.values()) for line in group]
    return [say("beside it, in no fixed order:"), *lines]


def _short(model: Model, exchange: Exchange) -> str:
    """The name of a request, with its number only where there are several of that name."""
    alone = sum(other.title == exchange.title for other in model.exchanges.values()) == 1
    return exchange.title if alone else exchange.name
