"""Whether a check says the same of a program again and again, whatever is slow meanwhile.

Each program of the bank is checked in several rounds, with delays at random in the process of the check
(``course.practice._delays``) and beside busy processes. A right one has to pass each time, and a wrong one to
get its own miss each time.
"""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from course.practice import STRESS, bank, lessons
from course.publish._checking import checking
from course.publish._gate import Busy

BUSY = 2
"""So many processes compute beside those that check."""


@dataclass(frozen=True)
class Refused:
    """One check of a program that did not say what it ought to have said."""

    program: bank.Program
    seed: str
    """With this in the variable ``COURSE_STRESS`` the check is delayed in the same way again."""
    got: str
    message: str

    def __str__(self) -> str:
        wanted = self.program.gets or "passed"
        return (
            f"{self.program.exercise} {self.program.name}: {self.got} and not {wanted} "
            f"({STRESS}={self.seed!r})\n    {self.program.place}\n    {self.message}"
        )


@dataclass(frozen=True)
class Rounds:
    """What the rounds of one exercise came to."""

    exercise: str
    checks: int
    refused: list[Refused] = field(default_factory=list)
    """The verdicts that were not those of the bank."""


def run(rounds: int, seed: int, exercises: Collection[str] = (), *, wrong: bool = False) -> Iterator[Rounds]:
    """Check the right programs of these exercises, or of all, in so many rounds; with ``wrong``, those too.

    Raises:
        ContentError: a lesson's content is at fault.
    """
    kinds = {"right", "wrong"} if wrong else {"right"}
    chosen = {
        id: [each for each in bank.programs(lesson, id) if each.kind in kinds]
        for lesson in lessons()
        for id in lesson.text.exercises
        if not exercises or id in exercises
    }
    with Busy(BUSY), checking() as pool:
        coming = {
            id: [
                pool.submit(_check, each, f"{seed}.{number}") for number in range(rounds) for each in programs
            ]
            for id, programs in chosen.items()
        }
        for id, checks in coming.items():
            found = [check.result() for check in checks]
            yield Rounds(id, len(found), [each for each in found if each is not None])


def _check(program: bank.Program, seed: str) -> Refused | None:
    """Check it once, in this process; what is wrong with what the check says."""
    os.environ[STRESS] = seed
    result = program.check()
    got = result.miss or result.state
    return None if got == (program.gets or "passed") else Refused(program, seed, got, result.message)
