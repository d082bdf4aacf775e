"""The bank of programs: for each exercise its starter, right programs and wrong ones, and how to run them.

A program is what a learner could have in the exercise's cell. What earlier cells of the notebook define
stands in ``programs/prelude.py`` for the whole lesson, and in the exercise's folder for it alone.
"""

import itertools
import linecache
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from course.practice._content import ContentError, Lesson, exercise_text
from course.practice._engine import examine
from course.practice._exercise import find_exercise
from course.practice._result import Result

_PRELUDE = "prelude.py"
_GETS = "# gets: "
_BREAKS = "# breaks: "
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Program:
    """One program of the bank: ``starter``, ``right_…`` or ``wrong_…``."""

    lesson: Lesson
    exercise: str
    path: Path

    @property
    def name(self) -> str:
        """What the file is called, without its ending."""
        return self.path.stem

    @property
    def kind(self) -> str:
        """``starter``, ``right`` or ``wrong``."""
        return self.name.partition("_")[0]

    @property
    def source(self) -> str:
        """The program's text."""
        return self.path.read_text("utf-8")

    @property
    def gets(self) -> str:
        """The miss that a wrong program must get: ``# gets: …`` in its first line.

        Raises:
            ContentError: the line is missing.
        """
        first = self.source.partition("\n")[0]
        if not first.startswith(_GETS):
            where = "/".join(self.path.parts[-4:])
            raise ContentError(f"{where}: its first line says which miss it gets: write `{_GETS}<miss>`")
        return first.removeprefix(_GETS).strip()

    @property
    def breaks(self) -> str | None:
        """The promise of the task that a wrong program breaks: ``# breaks: …`` in its second line."""
        second = self.source.partition("\n")[2].partition("\n")[0]
        return second.removeprefix(_BREAKS).strip() if second.startswith(_BREAKS) else None

    def run(self) -> dict[str, Any]:
        """What the program, and what it is given, define."""
        folder = self.path.parent
        module = ModuleType(f"course_program_{next(_numbers)}")
        sys.modules[module.__name__] = module  # dataclasses and pydantic look their module up
        for path in (folder.parent / _PRELUDE, folder / _PRELUDE, self.path):
            if path.is_file():
                linecache.checkcache(str(path))
                exec(compile(path.read_text("utf-8"), str(path), "exec"), vars(module))
        return vars(module)

    def check(self) -> Result:
        """What its exercise's check makes of it."""
        exercise = find_exercise(self.exercise, self.lesson)
        _, text = exercise_text(self.exercise)
        names = self.run()
        return examine(exercise, self.lesson, text, [names[name] for name in exercise.wants if name in names])


def programs(lesson: Lesson, exercise: str) -> list[Program]:
    """Every program of that exercise, by name."""
    folder = lesson.folder / "programs" / exercise
    paths = [path for path in folder.glob("*.py") if path.name != _PRELUDE]
    return [Program(lesson, exercise, path) for path in sorted(paths)]
