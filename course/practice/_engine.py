"""``check``: look at what the learner's program does, and say it."""

import contextlib
import functools
import gc
import importlib
import io
import os
import pickle
import re
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from course.live import AnswerTimeout, GateTimeout, ServerFailed, SettleTimeout, Timeline
from course.practice import _delays, _isolated, _notebook, _travel
from course.practice._bench import ANSWER_SECONDS, Bench
from course.practice._clock import Deadline
from course.practice._contain import Contained, listen, run_contained
from course.practice._exercise import Exercise, NotYet, Point, Result, find_exercise
from course.practice._journal import journal
from course.practice._learner import (
    BlankTouched,
    Learner,
    describe,
    has_blank,
    in_a_library,
    is_starter,
    when_touched,
)
from course.practice._worker import DISK_BYTES, MEMORY_BYTES, OUTCOME_BYTES, PROCESSES, Job, Report
from course.practice.exercise_file import source_of
from course.practice.texts import (
    ExerciseText,
    Lesson,
    Miss,
    engine_misses,
    exercise_text,
    misconception_text,
)
from course.timeline import NotEnded
from course.words import say


def check(id: str, *objects: Any) -> Result:
    """Check the exercise ``id``: run the learner's program on the bench and say what it did.

    It always answers: at the latest ten seconds after the program last made progress, or forty on a machine
    that is busy with something else. Tests, which may take their time, have up to two minutes on an app.
    Nothing of the program is left running.

    Args:
        id: the exercise's id.
        objects: what to check, in the order in which the exercise names them; without, the notebook's own
            objects of these names.

    Raises:
        UnknownId: there is no such exercise.
        ContentError: the lesson's content is at fault.
        KeyboardInterrupt: it was interrupted; everything is stopped by then.
    """
    from course.practice._help import lesson_finished, not_read  # widgets, which no process of a check needs

    lesson, text = exercise_text(id)
    _notebook.remember(id)
    _collect_what_earlier_cells_left()
    if (error := _notebook.unread(id, lesson.name)) is not None:
        return _shown(Result(id, text.title, "not attempted", not_read(error)))
    result = examine(find_exercise(id, lesson), lesson, text, objects, every_point=True)
    journal().add("check", id, state=result.state, miss=result.miss)
    finished = lesson_finished(lesson.name) if result.passed else None
    steps = (_without_asserts(), *result.steps, finished, journal().notice())
    return _shown(replace(result, steps=tuple(filter(None, steps))))


def _collect_what_earlier_cells_left() -> None:
    """A task whose error nobody has retrieved complains when it is collected: that is not for this check."""
    with contextlib.redirect_stderr(io.StringIO()):
        gc.collect()


def _shown(result: Result) -> Result:
    from course.practice._help import Checked

    return Checked(**{field.name: getattr(result, field.name) for field in fields(result)})


def _without_asserts() -> str | None:
    """Say that Python left out every ``assert`` of the learner's cells when it compiled them."""
    if not sys.flags.optimize:
        return None
    return say(
        "This kernel leaves out every `assert`: Python was started with `PYTHONOPTIMIZE` or `-O`. A check "
        "cannot see what your tests assert. Open the notebook with `python3 -m course start`, or unset "
        "`PYTHONOPTIMIZE` and start Jupyter again."
    )


def examine(
    exercise: Exercise,
    lesson: Lesson,
    text: ExerciseText,
    objects: Iterable[Any] = (),
    *,
    every_point: bool = False,
) -> Result:
    """What ``check`` finds; nothing is noted in the journal.

    Without ``every_point`` a check with parts ends at its first miss, which gives the same verdict sooner.
    """
    names = _notebook.namespace()
    given = dict(zip(exercise.wants, objects, strict=False))
    wanted = {name: given[name] if name in given else names.get(name, _MISSING) for name in exercise.wants}
    if (reason := _not_attempted(exercise, lesson, wanted)) is not None:
        return _answer(exercise, lesson, text, _Outcome(_Finding("not attempted", reason)))
    outcome = _isolated_run(exercise, text, wanted, every_point)
    return _answer(exercise, lesson, text, outcome)


class _Finding(NamedTuple):
    state: Any
    message: str
    miss: str | None = None


@dataclass(frozen=True)
class _Outcome:
    """What a check found, what the program printed meanwhile, and what happened on the bench."""

    finding: _Finding
    printed: str = ""
    printed_more: bool = False
    timeline: Timeline | None = None
    points: tuple[Point, ...] = ()


def _isolated_run(
    exercise: Exercise, text: ExerciseText, wanted: Mapping[str, Any], every_point: bool
) -> _Outcome:
    """What the check finds in a process of its own."""
    try:
        parcel = _travel.pack(wanted, exercise=exercise, text=text, every_point=every_point)
    except _travel.CannotTravel as error:
        return _Outcome(_cannot_travel(error, text))
    package = importlib.import_module("course.lessons")
    paths = [str(Path(each or ".").absolute()) for each in sys.path]
    module, lessons = exercise.check.__module__, list(package.__path__)
    report = _isolated.run(Job(parcel, module, exercise.deadline, paths, dict(os.environ), lessons))
    if report.ending == "finished":
        with contextlib.suppress(Exception):  # the program may have written something else
            outcome = pickle.loads(report.outcome)
            if isinstance(outcome, _Outcome):
                return outcome
    return _Outcome(_ended(report, exercise, text, Learner(wanted.values())))


def _cannot_travel(error: _travel.CannotTravel, text: ExerciseText) -> _Finding:
    return _miss(text, "engine.cannot-travel", name=error.name, why=error.why)


def _ended(report: Report, exercise: Exercise, text: ExerciseText, learner: Learner) -> _Finding:
    """What the learner reads when the process of the check ended without a verdict."""
    names = [function for file, _, function in report.stuck if learner.wrote(file)]
    busy = names[-1] if names else None
    if report.ending == "endless":
        return _endless(exercise, text, busy)
    if report.ending == "memory":
        return _miss(text, "engine.too-much-memory", limit=_gigabytes(MEMORY_BYTES))
    if report.ending == "disk":
        return _miss(text, "engine.too-much-written", limit=_gigabytes(DISK_BYTES))
    if report.ending == "processes":
        return _miss(text, "engine.too-many-processes", limit=PROCESSES)
    if report.ending == "not started":
        return _miss(text, "engine.not-started")
    return _busy_in(busy, _miss(text, "engine.process-ended", how=_how(report.status)))


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:g}"


def _how(status: int) -> str:
    if status >= 0:
        return say("exit status {status}", status=status)
    try:
        name = signal.Signals(-status).name
    except ValueError:  # a number that this system has no name for
        name = str(-status)
    return say("signal {signal}", signal=name)


def perform(parcel: bytes, goes_on: Callable[[], None]) -> bytes:
    """Run the check that :func:`examine` has packed, in this process, and pack what came of it.

    ``goes_on`` is called when another part of the check has begun, which has the whole deadline.
    The process is good for nothing else afterwards: see ``_contain.py``.
    """
    job = _travel.unpack(parcel)
    exercise, text, run = job["exercise"], job["text"], Contained()
    listen(run)
    _delays.inject()
    try:
        wanted = _travel.unpack_program(job["program"], exercise.wants[0])
    except _travel.CannotTravel as error:
        return _travel.pack_outcome(_Outcome(_cannot_travel(error, text)))
    learner = Learner(wanted.values())
    deadline = Deadline(exercise.deadline, goes_on)
    bench = Bench(learner, {id(thing): name for name, thing in wanted.items()}, deadline)
    bench.every_point = job["every_point"]
    touched: list[bool] = []
    when_touched(lambda: touched.append(True))
    check = functools.partial(exercise.check, bench, **wanted)
    run_contained(run, check, deadline=deadline, threads=exercise.threads)
    exercise = replace(exercise, deadline=deadline.limit)
    finding = _ran_into_a_blank() if touched else _find(run, exercise, text, learner, bench)
    finding = _with_undefined_name(finding, learner)
    points = tuple(_points(text, bench)) if bench.every_point else ()
    return _packed(_Outcome(finding, run.printed, run.printed_more, bench.timeline, points))


def _points(text: ExerciseText, bench: Bench) -> Iterator[Point]:
    """Each promise of the task: whether it is kept, and what was seen. Nothing if no part showed any."""
    missed: dict[str, str] = {}
    for miss, promise in bench.missed:
        found = text.misses.get(miss.miss)
        finding = _miss(text, miss.miss, **miss.fields)
        missed.setdefault((found and found.promise) or promise, finding.message)
    for name, promise in text.promises.items() if missed or bench.shown else ():
        if name in missed:
            yield Point(promise, "not yet", missed[name])
        elif name in bench.shown - bench.unsure:
            yield Point(promise, "ok", text.seen.get(name, ""))
        else:
            seen = say("It was not looked at to its end: another point came in between.")
            yield Point(promise, "not seen", seen)


def _packed(outcome: _Outcome) -> bytes:
    """The outcome as bytes; without its picture, if that is too big to be shown or cannot travel."""
    with contextlib.suppress(Exception):
        packed = _travel.pack_outcome(outcome)
        if len(packed) <= OUTCOME_BYTES:
            return packed
    return _travel.pack_outcome(replace(outcome, timeline=None))


_MISSING: Any = object()
_UNHASHABLE = re.compile(r"unhashable type: '([\w.]+)'")
"""What a check runs into that looks up a value of the program's among those that it expects."""
_NOT_DEFINED = re.compile(r"NameError: name '(\w+)' is not defined")


def _not_attempted(exercise: Exercise, lesson: Lesson, wanted: Mapping[str, Any]) -> str | None:
    """Why the exercise counts as not attempted before anything of it runs; ``None`` when it may run."""
    for name, thing in wanted.items():
        if thing is _MISSING:
            return say(
                "There is no `{name}` in this notebook yet. The check looks for exactly that name. Run the "
                "cell that defines it, then check again.",
                name=name,
            )
    starter = source_of(lesson.folder, exercise.id, "starter")
    untouched = [name for name, thing in wanted.items() if is_starter(name, thing, starter)]
    if len(untouched) == len(wanted):
        return say("`{name}` is still the way you were given it.", name=untouched[0])
    for name, thing in wanted.items():
        if has_blank(thing):
            return say(
                "There is still a blank `____` in `{name}`. Put your own code in its place.", name=name
            )
    return None


def _find(run: Contained, exercise: Exercise, text: ExerciseText, learner: Learner, bench: Bench) -> _Finding:
    """What a run of the check amounts to."""
    name = exercise.wants[0]
    if bench.missed:
        miss, _ = bench.missed[0]
        return _miss(text, miss.miss, **miss.fields)
    if run.too_many_threads:
        return _miss(text, "engine.too-many-threads", limit=exercise.threads)
    if run.timed_out:
        return _endless(exercise, text, learner.busy_in(run.frames) or next(iter(bench.unfinished), None))
    if run.error is None:
        return _passed(text, run.value or {})
    error = run.error
    if isinstance(error, BlankTouched):
        return _ran_into_a_blank()
    if isinstance(error, NotImplementedError):
        unfinished = say("`{name}` is not finished yet: it still raises `NotImplementedError`.", name=name)
        return _Finding("not attempted", unfinished)
    if isinstance(error, NotYet):
        return _miss(text, error.miss, **error.fields)
    return _unexpected(error, text, learner, name)


def _endless(exercise: Exercise, text: ExerciseText, busy: str | None) -> _Finding:
    return _busy_in(busy, _miss(text, "engine.endless", seconds=f"{exercise.deadline:g}"))


def _busy_in(function: str | None, finding: _Finding) -> _Finding:
    """The finding, with the learner's function that was running, if that is known."""
    if function is None:
        return finding
    where = say("It was in `{name}`.", name=function)
    return finding._replace(message=f"{finding.message} {where}")


def _ran_into_a_blank() -> _Finding:
    said = say("Your program ran into a blank `____` that is still to be filled in.")
    return _Finding("not attempted", said)


def _passed(text: ExerciseText, fields: Mapping[str, Any]) -> _Finding:
    try:
        return _Finding("passed", text.passed.format(**fields))
    except LookupError as error:
        return _our_fault(text, error)


def _unexpected(error: BaseException, text: ExerciseText, learner: Learner, name: str) -> _Finding:
    """What the learner reads about an exception that the check did not expect."""
    line = learner.line_of(error)
    if isinstance(error, ServerFailed):
        return _miss(text, "engine.did-not-start", reason=describe(error.__cause__ or error))
    if isinstance(error, (SettleTimeout, NotEnded)):
        return _miss(text, "engine.never-ends", what=str(error))
    if isinstance(error, GateTimeout):
        return _miss(text, "engine.gate-stayed-closed", what=str(error))
    if isinstance(error, httpx.TimeoutException):
        return _miss(text, "engine.no-answer", request=_request(error), seconds=f"{ANSWER_SECONDS:g}")
    if isinstance(error, AnswerTimeout):
        return _miss(text, "engine.no-answer", request=error.request, seconds=f"{error.seconds:g}")
    if isinstance(error, httpx.TransportError):
        return _miss(text, "engine.connection-lost", request=_request(error))
    if isinstance(error, SystemExit):
        return _miss(text, "engine.program-exited", where=line or in_a_library())
    if line is not None:
        return _miss(text, "engine.raised", call=name, error=describe(error), where=line)
    if isinstance(error, TypeError) and (found := _UNHASHABLE.search(str(error))):
        return _miss(text, "engine.unhashable", type=found[1])
    return _our_fault(text, error)


def _our_fault(text: ExerciseText, error: BaseException) -> _Finding:
    trace, place = error.__traceback__, "?"
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return _miss(text, "engine.our-fault", error=describe(error), place=place)


def _miss(text: ExerciseText, miss: str, **fields: Any) -> _Finding:
    """The sentence that belongs to ``miss``; a fault of ours if the content and the check do not agree."""
    template = text.misses[miss].says if miss in text.misses else engine_misses().get(miss)
    try:
        if template is None:
            raise LookupError(f"no miss is called {miss}")
        sentence = template.format(**fields)
    except LookupError as error:
        return _our_fault(text, error)
    if unknown := _NOT_DEFINED.search(sentence):
        sentence = f"{sentence} {_not_defined(unknown[1])}"
    return _Finding("not yet", sentence, miss)


def _with_undefined_name(finding: _Finding, learner: Learner) -> _Finding:
    """The finding; with a name that nobody has defined, which may be its reason, if it does not say so."""
    if finding.state != "not yet" or "NameError" in finding.message or not (found := learner.undefined()):
        return finding
    function, name = found
    uses = say("`{function}` uses `{name}`, which is not defined.", function=function, name=name)
    return finding._replace(message=f"{finding.message} {uses} {_not_defined(name)}")


def _not_defined(name: str) -> str:
    return say(
        "Is there a cell further up that defines `{name}`? Run it first: after a restart no cell has been "
        "run. (Run > Run All Above Selected Cell.) If there is none, look for a slip in the name.",
        name=name,
    )


def _request(error: httpx.RequestError) -> str:
    try:
        return f"{error.request.method} {error.request.url.path}"
    except RuntimeError:  # httpx: it has no request
        return "?"


def _answer(exercise: Exercise, lesson: Lesson, text: ExerciseText, outcome: _Outcome) -> Result:
    finding = outcome.finding
    steps = []
    miss = text.misses.get(finding.miss or "")
    if miss is not None and (cure := _cure(miss, lesson)):
        steps.append(cure)
    return Result(
        id=exercise.id,
        title=text.title,
        state=finding.state,
        message=finding.message,
        miss=finding.miss,
        steps=tuple(steps),
        next_step=_next_step(finding.state, exercise.id),
        printed=outcome.printed,
        printed_more=outcome.printed_more,
        points=outcome.points,
        timeline=outcome.timeline if finding.state != "not attempted" else None,
    )


def _next_step(state: str, id: str) -> str:
    if state == "passed":
        return say('Next: go on, or compare with the reference: `solution("{id}")`', id=id)
    if state == "not yet":
        return say('Next: change your cell, run it and check again. Stuck? `hint("{id}")`', id=id)
    return say(
        'Next: fill in your cell, run it, then run this check again. A first push: `hint("{id}")`', id=id
    )


def _cure(miss: Miss, lesson: Lesson) -> str | None:
    """Where to look again after a miss."""
    if miss.cure:
        return _notebook.pointer(lesson.name, miss.cure, here=lesson.name)
    found = misconception_text(miss.misconception) if miss.misconception else None
    return None if found is None else _notebook.pointer(found[0].name, found[1].cure, here=lesson.name)
