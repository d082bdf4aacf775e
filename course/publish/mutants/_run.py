"""The mutants of the bank's right programs, and what the checks say to them."""

import ast
import hashlib
import itertools
import random
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import yaml
from pydantic import TypeAdapter, ValidationError

from course.practice import ContentError, Lesson, bank, lessons
from course.practice.exercise_file import FOLDER
from course.publish._checking import checking
from course.publish.mutants._operators import Change, changes

EQUIVALENT = "equivalent.yaml"
"""The file, beside the programs, of the mutants that are as right as their program, and why."""

Fate = Literal["killed", "blamed", "survived", "equivalent"]
"""What became of a mutant: the check refused it, refused it and called that its own fault, or let it pass;
or it is recorded as equivalent, and was not run."""

FATES: tuple[Fate, ...] = ("killed", "blamed", "equivalent", "survived")


def edition(program: bank.Program) -> str:
    """How the ids of a program's mutants begin; an edit of the program makes it another one."""
    return _digest(program.source)[:4]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Mutant:
    """A right program with one change."""

    program: bank.Program
    change: Change

    @property
    def id(self) -> str:
        """What it is recorded by: its program's text, and its own."""
        return f"{edition(self.program)}-{_digest(self.change.source)[:6]}"

    def __str__(self) -> str:
        path, line = self.program.text.path, self.program.text.line + self.change.line
        return (
            f"{self.program.exercise} {self.id}: {self.program.name}, {path.name} line {line}\n"
            f"    - {self.change.was}\n    + {self.change.now}"
        )


@dataclass(frozen=True)
class Tally:
    """What became of the mutants of one exercise."""

    exercise: str
    fates: list[tuple[Mutant, Fate]] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    """Ids that are recorded and belong to no mutant: the program was edited since."""

    def of(self, fate: Fate) -> list[Mutant]:
        """The mutants that this became of."""
        return [mutant for mutant, became in self.fates if became == fate]

    def problems(self) -> list[str]:
        """What is left to do: a line for each mutant that survived or was blamed, and each wrong record."""
        survived = [f"survived: {mutant}" for mutant in self.of("survived")]
        blamed = [f"the check calls it a fault of its own: {mutant}" for mutant in self.of("blamed")]
        stale = [
            f"{self.exercise} {id}: no mutant has this id; take it out of {EQUIVALENT}" for id in self.stale
        ]
        return survived + blamed + stale


def mutants_of(program: bank.Program, bank_of_it: Iterable[bank.Program]) -> list[Mutant]:
    """The mutants of a program, without those that are another program of its bank."""
    known = {ast.dump(ast.parse(each.source)) for each in bank_of_it}
    found = (Mutant(program, change) for change in changes(program.source))
    return [each for each in found if ast.dump(ast.parse(each.change.source)) not in known]


def equivalents(lesson: Lesson) -> dict[str, set[str]]:
    """The ids of the mutants that are recorded as right, by exercise.

    Raises:
        ContentError: the file does not keep to the format.
    """
    path = lesson.folder / FOLDER / EQUIVALENT
    if not path.is_file():
        return {}
    try:
        recorded = TypeAdapter(dict[str, dict[str, list[str]]]).validate_python(
            yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # an id may look like a number
        )
    except (yaml.YAMLError, ValidationError) as error:
        form = "write an exercise, below it a reason, and below that the ids of mutants"
        raise ContentError(f"{lesson.name}/{FOLDER}/{EQUIVALENT}: {form} ({error})") from None
    if unknown := sorted(recorded.keys() - lesson.text.exercises.keys()):
        raise ContentError(f"{lesson.name}/{FOLDER}/{EQUIVALENT}: there is no exercise {unknown[0]}")
    return {
        exercise: {id for ids in reasons.values() for id in ids} for exercise, reasons in recorded.items()
    }


@dataclass(frozen=True)
class _Batch:
    """Mutants of one exercise that are to be checked together."""

    exercise: str
    mutants: list[Mutant]
    recorded: set[str]
    stale: list[str] = field(default_factory=list)


def everything(exercises: Collection[str] = ()) -> Iterator[Tally]:
    """Check every mutant of these exercises, or of all.

    Raises:
        ContentError: a lesson's content is at fault.
    """

    def batch(lesson: Lesson, exercise: str) -> _Batch:
        programs = bank.programs(lesson, exercise)
        mutants = [each for one in _right(programs) for each in mutants_of(one, programs)]
        recorded = equivalents(lesson).get(exercise, set())
        return _Batch(exercise, mutants, recorded, sorted(recorded - {each.id for each in mutants}))

    return _tallies(itertools.starmap(batch, _chosen(exercises)))


def sample(count: int, seed: int, exercises: Collection[str] = ()) -> Iterator[Tally]:
    """Check ``count`` mutants, drawn in turn from these exercises, or from all.

    What is drawn from an exercise depends on ``seed`` and on its own programs only.

    Raises:
        ContentError: a lesson's content is at fault.
    """
    chosen = list(_chosen(exercises))
    random.Random(seed).shuffle(chosen)

    def batch(place: int, lesson: Lesson, exercise: str) -> _Batch:
        turns = len(range(place, count, len(chosen)))
        mutants = _drawn(turns, random.Random(f"{seed} {exercise}"), bank.programs(lesson, exercise))
        return _Batch(exercise, mutants, equivalents(lesson).get(exercise, set()))

    return _tallies(batch(place, *each) for place, each in enumerate(chosen[:count]))


def _chosen(exercises: Collection[str]) -> Iterator[tuple[Lesson, str]]:
    for lesson in lessons():
        for exercise in lesson.text.exercises:
            if not exercises or exercise in exercises:
                yield lesson, exercise


def _right(programs: Iterable[bank.Program]) -> list[bank.Program]:
    return [program for program in programs if program.kind == "right"]


def _drawn(count: int, numbers: random.Random, programs: Sequence[bank.Program]) -> list[Mutant]:
    """So many mutants, the programs taking turns; fewer when there are no more."""
    right = _right(programs)
    numbers.shuffle(right)
    turns = [len(range(place, count, len(right))) for place in range(min(count, len(right)))]
    found = [(mutants_of(program, programs), wanted) for program, wanted in zip(right, turns, strict=False)]
    return [each for mutants, wanted in found for each in numbers.sample(mutants, min(wanted, len(mutants)))]


def _tallies(batches: Iterable[_Batch]) -> Iterator[Tally]:
    """What becomes of each batch, in their order."""
    with checking() as pool:
        submitted = [
            (
                batch,
                {
                    each.id: pool.submit(_fate, each)
                    for each in batch.mutants
                    if each.id not in batch.recorded
                },
            )
            for batch in batches
        ]
        for batch, coming in submitted:
            fates = [
                (each, coming[each.id].result() if each.id in coming else "equivalent")
                for each in batch.mutants
            ]
            yield Tally(batch.exercise, fates, batch.stale)


def _fate(mutant: Mutant) -> Fate:
    """What the check says to that mutant, in this process."""
    text = replace(
        mutant.program.text, name=f"{mutant.program.name}_{mutant.id}", source=mutant.change.source
    )
    program = replace(mutant.program, text=text)
    try:
        names = program.run()
    except (Exception, SystemExit):
        return "killed"  # the learner's own cell says so
    result = program.examine(names)
    if result.miss == "engine.not-started":
        raise RuntimeError(result.message)
    if result.passed:
        return "survived"
    return "blamed" if result.miss == "engine.our-fault" else "killed"
