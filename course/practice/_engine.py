"""``check``: look at what the learner's program does, and say it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import httpx

from course.live import GateTimeout, ServerFailed, SettleTimeout, Timeline
from course.practice import _blank, _notebook
from course.practice._bench import ANSWER_SECONDS, Bench
from course.practice._blank import BlankTouched
from course.practice._clock import Deadline
from course.practice._contain import Run, family_of_this_thread, run_contained
from course.practice._content import ExerciseText, Lesson, exercise_text, misconception_text
from course.practice._exercise import Exercise, NotYet, find_exercise
from course.practice._journal import journal
from course.practice._learner import Learner, describe, has_blank, is_starter
from course.practice._result import Result
from course.practice._texts import engine_misses, say


def check(id: str, *objects: Any) -> Result:
    """Check the exercise ``id``: run the learner's program on the bench and say what it did.

    It always answers, ten seconds after the program has last got on at the latest (on a machine that has no
    time for it, forty), and nothing of the program is left running.

    Args:
        id: the exercise's id.
        objects: what to check, in the order in which the exercise names them; without, the notebook's own
            objects of these names.

    Raises:
        UnknownId: there is no such exercise.
        ContentError: the lesson's content is at fault.
        KeyboardInterrupt: it was interrupted; everything is stopped by then.
    """
    lesson, text = exercise_text(id)
    result = examine(find_exercise(id, lesson), lesson, text, objects)
    journal().add("check", id, state=result.state, miss=result.miss)
    _notebook.remember(id)
    steps = (_stale(), *result.steps, journal().notice())
    return replace(result, steps=tuple(filter(None, steps)))


def _stale() -> str | None:
    """That what was checked may not be what the learner wrote last."""
    error = _notebook.unread()
    return None if error is None else say("lines.stale", error=type(error).__name__, line=error.lineno)


def examine(exercise: Exercise, lesson: Lesson, text: ExerciseText, objects: Iterable[Any] = ()) -> Result:
    """What ``check`` finds, without a word in the journal."""
    names = _notebook.namespace()
    given = dict(zip(exercise.wants, objects, strict=False))
    wanted = {name: given[name] if name in given else names.get(name, _MISSING) for name in exercise.wants}
    if (reason := _not_attempted(exercise, lesson, wanted)) is not None:
        return _answer(exercise, lesson, text, _Finding("not attempted", reason))
    learner = Learner(wanted.values())
    deadline = Deadline(exercise.deadline)
    bench = Bench(learner, {id(thing): name for name, thing in wanted.items()}, deadline)
    touched: list[bool] = []
    stop_listening = _blank.listen(lambda: touched.append(True) if family_of_this_thread() else None)
    stopped = _Stopped()
    try:
        run = run_contained(
            lambda: exercise.check(bench, **wanted),
            deadline=deadline,
            threads=exercise.threads,
            clean_up=bench.close,
            look=lambda run: stopped.note(run, learner, bench),
        )
    finally:
        stop_listening()
    name = exercise.wants[0]
    if touched:
        finding = _Finding("not attempted", say("attempts.blank-touched"))
    else:
        finding = _find(run, exercise, text, learner, stopped.busy, name)
    return _answer(exercise, lesson, text, finding, run, stopped.timeline or bench.timeline)


class _Finding(NamedTuple):
    state: Any
    message: str
    miss: str | None = None


class _Stopped:
    """What a program was at when its time was up, before it was stopped."""

    busy: str | None = None
    timeline: Timeline | None = None

    def note(self, run: Run, learner: Learner, bench: Bench) -> None:
        self.busy = learner.busy_in(run.frames) or next(iter(bench.unfinished), None)
        self.timeline = bench.timeline


_MISSING: Any = object()
_NOT_DEFINED = re.compile(r"NameError: name '(\w+)' is not defined")


def _not_attempted(exercise: Exercise, lesson: Lesson, wanted: Mapping[str, Any]) -> str | None:
    """Why the exercise counts as not attempted before anything of it runs; ``None`` when it may run."""
    for name, thing in wanted.items():
        if thing is _MISSING:
            return say("attempts.missing", name=name)
    starter = lesson.folder / "programs" / exercise.id / "starter.py"
    source = starter.read_text("utf-8") if starter.is_file() else ""
    untouched = [name for name, thing in wanted.items() if is_starter(name, thing, source)]
    if len(untouched) == len(wanted):
        return say("attempts.starter", name=untouched[0])
    for name, thing in wanted.items():
        if has_blank(thing):
            return say("attempts.blank", name=name)
    return None


def _find(
    run: Run, exercise: Exercise, text: ExerciseText, learner: Learner, busy: str | None, name: str
) -> _Finding:
    """What a run of the check amounts to."""
    if run.too_many_threads:
        return _miss(text, "engine.too-many-threads", limit=exercise.threads)
    if run.timed_out:
        where = say("parts.in-function", name=busy) if busy else say("parts.in-nothing")
        return _miss(text, "engine.endless", seconds=f"{exercise.deadline:g}", where=where)
    if run.error is None:
        return _passed(text, run.value or {})
    error = run.error
    if isinstance(error, BlankTouched):
        return _Finding("not attempted", say("attempts.blank-touched"))
    if isinstance(error, NotImplementedError):
        return _Finding("not attempted", say("attempts.unfinished", name=name))
    if isinstance(error, NotYet):
        return _miss(text, error.miss, **error.fields)
    return _unexpected(error, text, learner, name)


def _passed(text: ExerciseText, fields: Mapping[str, Any]) -> _Finding:
    try:
        return _Finding("passed", text.passed.format(**fields))
    except LookupError as error:
        return _our_fault(text, error)


def _unexpected(error: BaseException, text: ExerciseText, learner: Learner, name: str) -> _Finding:
    """What an exception means that the check did not see coming."""
    line = learner.line_of(error)
    if isinstance(error, ServerFailed):
        return _miss(text, "engine.did-not-start", reason=describe(error.__cause__ or error))
    if isinstance(error, SettleTimeout):
        return _miss(text, "engine.never-ends", what=str(error))
    if isinstance(error, GateTimeout):
        return _miss(text, "engine.gate-stayed-closed", what=str(error))
    if isinstance(error, httpx.TimeoutException):
        return _miss(text, "engine.no-answer", request=_request(error), seconds=f"{ANSWER_SECONDS:g}")
    if isinstance(error, httpx.TransportError):
        return _miss(text, "engine.connection-lost", request=_request(error))
    if isinstance(error, SystemExit):
        return _miss(text, "engine.program-exited", where=line or say("parts.at-library"))
    if line is not None:
        return _miss(text, "engine.raised", call=name, error=describe(error), where=line)
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
        sentence = f"{sentence} {say('parts.not-defined', name=unknown[1])}"
    return _Finding("not yet", sentence, miss)


def _request(error: httpx.RequestError) -> str:
    try:
        return f"{error.request.method} {error.request.url.path}"
    except RuntimeError:  # httpx: it has no request
        return "?"


def _answer(
    exercise: Exercise,
    lesson: Lesson,
    text: ExerciseText,
    finding: _Finding,
    run: Run | None = None,
    timeline: Timeline | None = None,
) -> Result:
    steps = [_next_step(finding.state, exercise.id)]
    miss = text.misses.get(finding.miss or "")
    if miss is not None and miss.misconception and (cure := _cure(miss.misconception, lesson)):
        steps.insert(0, cure)
    if run is not None and not run.clean:
        steps.append(say("lines.gave-up"))
    return Result(
        id=exercise.id,
        title=text.title,
        state=finding.state,
        message=finding.message,
        miss=finding.miss,
        steps=tuple(steps),
        printed=run.printed if run else "",
        printed_more=run.printed_more if run else False,
        timeline=timeline if finding.state != "not attempted" else None,
    )


def _next_step(state: str, id: str) -> str:
    steps = {"passed": "next-solution", "not yet": "next-hint", "not attempted": "next-start"}
    return say(f"lines.{steps[state]}", id=id)


def _cure(misconception: str, lesson: Lesson) -> str | None:
    found = misconception_text(misconception)
    return None if found is None else _notebook.pointer(found[0].name, found[1].cure, here=lesson.name)
