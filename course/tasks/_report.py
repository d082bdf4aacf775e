"""What became of a run: as text, as a table, as a graph, as events for a timeline."""

import asyncio
import contextlib
import enum
import html
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from unicodedata import category

from ._errors import BadOption, TaskGraphError
from ._names import checked_name
from ._retry import TaskTimeout

if TYPE_CHECKING:
    from ._run import Run

_SHOWN = 50  # lines of a report that is printed
_LEAVES = 5  # errors of a group
_TEXT = {
    "refused": "Nothing ran: {error}",
    "summary": "{total} tasks: {counts}",
    "one": "1 task: {counts}",
    "count": "{n} {outcome}",
    "line": "{line}: {what}",
    "error": "{kind}: {error}",
    "error_alone": "{kind}",
    "group": "{message} ({leaves})",
    "and": "; ",
    "and_more": "{shown}; {n} more",
    "attempts": "{line} ({n} attempts)",
    "more": "… and {n} more",
    "unknown": "there is no task {name!r}",
    "no_result": "task {name!r} has no result: it is {outcome}",
    "dropped": "the result of {name!r} was dropped when the last task that takes it had it; "
    "run(keep=[{name!r}]) keeps it",
}
_HEAD = ("task", "outcome", "attempts", "what happened")


class Outcome(enum.StrEnum):
    """What became of a task."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"


EVENT_LOOP = "event loop"
_ENDS = {
    Outcome.DONE: "task_ended",
    Outcome.FAILED: "task_failed",
    Outcome.TIMED_OUT: "task_failed",
    Outcome.CANCELLED: "task_cancelled",
}
_BECAUSE = {
    Outcome.FAILED: "because {cause} failed",
    Outcome.TIMED_OUT: "because {cause} timed out",
    Outcome.CANCELLED: "because {cause} was cancelled",
}
_COLOURS = {  # fill and border; the text says it too
    Outcome.DONE: ("#d9f2d9", "#2e7d32"),
    Outcome.FAILED: ("#fbd9d9", "#c62828"),
    Outcome.SKIPPED: ("#eeeeee", "#757575"),
    Outcome.TIMED_OUT: ("#ffe8cc", "#ef6c00"),
    Outcome.CANCELLED: ("#e8def8", "#6a1b9a"),
}


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """What became of one task. Times are `time.perf_counter()` seconds, None for what never happened.

    No task has `started` before all that it waits for have `ended`.
    """

    name: str
    outcome: Outcome
    error: BaseException | None = None
    cause: str | None = None  # skipped: the task that is to blame
    attempts: int = 0
    started: float | None = None
    ended: float | None = None
    lane: str | None = None  # "event loop", or the name of the thread


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """Something that happened to a task, for a timeline."""

    kind: str  # task_started, task_ended, task_failed, task_cancelled
    t: float  # seconds, `time.perf_counter()`
    lane: str  # "event loop", or the name of the thread
    name: str
    error: BaseException | None = None


class Report(Mapping[str, TaskRecord]):
    """What became of every task: a mapping by name, in the order in which they were added."""

    def __init__(
        self, run: "Run | None", names: Sequence[str] = (), error: TaskGraphError | None = None
    ) -> None:
        self.error = error
        """Why nothing ran at all, if so."""
        self._names = names
        self._parents: Sequence[Sequence[int]] = [()] * len(names)
        self._order: Sequence[int] = range(len(names))
        self._started = self._ended = [0.0] * len(names)
        self._errors: Mapping[int, BaseException] = {}
        self._keep: Collection[int] = ()
        self._cut_short = False
        if run:
            graph = run.graph
            self._names, self._parents, self._order = graph.names, graph.parents, graph.order
            self._on_loop, self._takes, self._threads = graph.on_loop, graph.takes, run.thread_of
            self._started, self._ended, self._attempts = run.started, run.ended, run.attempts
            self._errors, self._cut_short = run.errors, run.cut_short
            self._keep, self._results = run.keep, run.results
            if self._errors or self._cut_short:  # what nobody came to take
                kept = set(run.keep)
                self._results = [value if i in kept else None for i, value in enumerate(run.results)]

    @property
    def ok(self) -> bool:
        """Whether every task is done."""
        return all(self._ended) and not self._errors and not self.error

    @cached_property
    def _records(self) -> dict[str, TaskRecord]:
        records: dict[int, TaskRecord] = {}
        for i in self._order:
            records[i] = self._record(i, records)
        return {name: records[i] for i, name in enumerate(self._names)}

    def _record(self, i: int, before: Mapping[int, TaskRecord]) -> TaskRecord:
        name = self._names[i]
        if not self._started[i]:
            for p in self._parents[i]:
                if cause := before[p].cause or (self._names[p] if self._is_cause(p) else None):
                    return TaskRecord(name, Outcome.SKIPPED, cause=cause)
            return TaskRecord(name, Outcome.SKIPPED if self.error else Outcome.CANCELLED, error=self.error)
        error = self._errors.get(i)
        if isinstance(error, asyncio.CancelledError) or not self._ended[i]:
            outcome = Outcome.CANCELLED
        elif error is None:
            outcome = Outcome.DONE
        else:
            late = isinstance(error, TaskTimeout) or isinstance(error.__cause__, TaskTimeout)
            outcome = Outcome.TIMED_OUT if late else Outcome.FAILED
        return TaskRecord(
            name, outcome, error, None, self._attempts.get(i, 1), self._started[i], self._ended[i] or None,
            self._threads.get(i, EVENT_LOOP),
        )  # fmt: skip

    def _is_cause(self, i: int) -> bool:
        """Whether task i failed, and was not just cancelled together with everything else."""
        return i in self._errors and not (
            self._cut_short and isinstance(self._errors[i], asyncio.CancelledError)
        )

    def __getitem__(self, name: str) -> TaskRecord:
        try:
            return self._records[checked_name(name, "")]
        except (KeyError, BadOption):
            raise KeyError(_TEXT["unknown"].format(name=name)) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def result(self, name: str) -> Any:
        """What the task returned. Raises KeyError if it is not done, or its result was not kept."""
        record = self[name]
        if record.outcome is not Outcome.DONE:
            raise KeyError(_TEXT["no_result"].format(name=name, outcome=record.outcome))
        i = list(self._names).index(record.name)
        if i not in self._keep:
            raise KeyError(_TEXT["dropped"].format(name=name))
        return self._results[i]

    @property
    def results(self) -> dict[str, Any]:
        """The results that were kept, by name."""
        kept = sorted(i for i in self._keep if self._ended[i] and i not in self._errors)
        return {self._names[i]: self._results[i] for i in kept}

    def raise_for_failure(self) -> None:
        """Raise what went wrong: the error of the graph, or a group of the errors of its tasks."""
        if self.error:
            raise self.error
        if self._errors:
            raise BaseExceptionGroup(self._summary(), [self._errors[i] for i in sorted(self._errors)])

    # As text, table, graph and timeline. None of them but the last has times: they are the same at every run.

    def _summary(self) -> str:
        if self.error:
            return _TEXT["refused"].format(error=self.error)
        counts = Counter(record.outcome for record in self.values())
        text = ", ".join(_TEXT["count"].format(n=counts[o], outcome=o) for o in Outcome if counts[o])
        return _TEXT["one" if len(self) == 1 else "summary"].format(total=len(self), counts=text or "-")

    def _what_happened(self, record: TaskRecord) -> str:
        if record.cause:
            return _BECAUSE[self[record.cause].outcome].format(cause=_printable(record.cause))
        error = record.error
        if error is None or error is self.error or record.outcome is Outcome.CANCELLED:
            return ""
        return describe(error)

    def __str__(self) -> str:
        shown = list(self.values())[:_SHOWN]
        names = [_printable(record.name) for record in shown]
        width = max(map(len, names), default=0)
        lines = [self._summary()]
        for name, record in zip(names, shown, strict=True):
            line = f"{name:{width}}  {record.outcome}"
            if what := self._what_happened(record):
                line = _TEXT["line"].format(line=line, what=what)
            if record.attempts > 1:
                line = _TEXT["attempts"].format(line=line, n=record.attempts)
            lines.append("  " + line)
        if len(self) > _SHOWN:
            lines.append("  " + _TEXT["more"].format(n=len(self) - _SHOWN))
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f"<th scope='col'>{word}</th>" for word in _HEAD)
        rows = []
        for record in list(self.values())[:_SHOWN]:
            border = _COLOURS[record.outcome][1]
            # A tint, so that the text keeps the colour of a light or a dark page.
            style = f"background:{border}2b;border-left:4px solid {border}"
            cells = (f"<td style='{style}'>{record.outcome}</td>", f"<td>{record.attempts}</td>")
            name, what = html.escape(_printable(record.name)), html.escape(self._what_happened(record))
            rows.append(f"<tr><th scope='row'>{name}</th>{''.join(cells)}<td>{what}</td></tr>")
        caption = html.escape(self._summary())
        if len(self) > _SHOWN:
            caption += " " + _TEXT["more"].format(n=len(self) - _SHOWN)
        return f"<table><caption>{caption}</caption><tr>{head}</tr>{''.join(rows)}</table>"

    def mermaid(self) -> str:
        """The graph as Mermaid source: each task with its outcome, in words and in colour."""
        number = {name: i for i, name in enumerate(self)}
        lines = ["flowchart LR"]
        for name, record in self.items():
            kind = record.outcome.name.lower()
            lines.append(f'    t{number[name]}["{_mermaid_text(name)}<br/>{record.outcome}"]:::{kind}')
        lines += [f"    t{p} --> t{i}" for i, parents in enumerate(self._parents) for p in parents]
        for outcome in Outcome:
            if any(record.outcome is outcome for record in self.values()):
                fill, border = _COLOURS[outcome]
                lines.append(f"    classDef {outcome.name.lower()} fill:{fill},stroke:{border},color:#111")
        return "\n".join(lines)

    def events(self) -> list[TaskEvent]:
        """What happened when, task by task: `course.live.Timeline.from_events` draws it."""
        found = []
        for record in self.values():
            if record.started is None or record.lane is None:
                continue
            found.append(TaskEvent("task_started", record.started, record.lane, record.name))
            if record.ended is not None:
                kind = _ENDS[record.outcome]
                found.append(TaskEvent(kind, record.ended, record.lane, record.name, record.error))
        return found


def describe(error: BaseException) -> str:
    """An error in one line, whatever it is: a group by its leaves, a RetryError by the last error, if any."""
    text = ""
    if isinstance(error, BaseExceptionGroup):
        text = _TEXT["group"].format(message=_line(error.message), leaves=_leaves(error))
    elif type(error).__module__ == "tenacity":  # a RetryError's own text has an address
        text = describe(error.__cause__) if error.__cause__ else ""
    else:
        with contextlib.suppress(Exception):  # their __str__ is their own
            text = _line(str(error))
    return _TEXT["error" if text else "error_alone"].format(kind=type(error).__name__, error=text)


def _line(text: str) -> str:
    """The first line that says something."""
    return _printable(next((line.strip() for line in text.splitlines() if line.strip()), ""))


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    broken = ("Cc", "Cs", "Zl", "Zp")  # controls, half characters, line breaks
    return "".join([c.encode("unicode_escape").decode() if category(c) in broken else c for c in text])


def _leaves(group: BaseExceptionGroup[BaseException]) -> str:
    leaves: list[BaseException] = []
    rest: list[BaseException] = [group]
    while rest:
        error = rest.pop()
        if isinstance(error, BaseExceptionGroup):
            rest += reversed(error.exceptions)
        else:
            leaves.append(error)
    shown = _TEXT["and"].join(map(describe, leaves[:_LEAVES]))
    more = len(leaves) - _LEAVES
    return shown if more <= 0 else _TEXT["and_more"].format(shown=shown, n=more)


def _mermaid_text(text: str) -> str:
    text = _printable(text)
    for character in '#&"<>':  # "#" first: the others are replaced by codes that begin with it
        text = text.replace(character, f"#{ord(character)};")
    return " ".join(text.split())
