"""The bank of programs: for each exercise its starter, right programs and wrong ones, and how to run them.

A program is what a learner could have in the exercise's cell. ``course.practice.exercise_file`` says how they
are written down, and where the definitions of earlier cells are.
"""

import itertools
import linecache
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from course.practice._engine import examine
from course.practice._exercise import Result, find_exercise
from course.practice.exercise_file import ProgramText, prelude_of, program_texts
from course.practice.texts import Lesson, exercise_text

_PRELUDE = "prelude"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Program:
    """One program of the bank: ``starter``, ``right_…`` or ``wrong_…``."""

    lesson: Lesson
    exercise: str
    text: ProgramText

    @property
    def name(self) -> str:
        """``starter``, ``right_…`` or ``wrong_…``."""
        return self.text.name

    @property
    def kind(self) -> str:
        """``starter``, ``right`` or ``wrong``."""
        return self.text.kind

    @property
    def source(self) -> str:
        """The program's text."""
        return self.text.source

    @property
    def gets(self) -> str | None:
        """The miss that a wrong program must get."""
        return self.text.gets

    @property
    def breaks(self) -> str | None:
        """The promise of the task that a wrong program breaks."""
        return self.text.breaks

    @property
    def place(self) -> str:
        """The file and the line of the program's header."""
        return f"{self.text.path}:{self.text.line}"

    def run(self) -> dict[str, Any]:
        """The names that the program defines, and those that it is given."""
        module = ModuleType(f"course_program_{next(_numbers)}")
        sys.modules[module.__name__] = module  # dataclasses and pydantic look their module up
        shared = prelude_of(self.lesson.folder)
        if shared.is_file():
            linecache.checkcache(str(shared))
            exec(compile(shared.read_text("utf-8"), str(shared), "exec"), vars(module))
        own = program_texts(self.lesson.folder, self.exercise).get(_PRELUDE)
        for text in (own, self.text):
            if text is not None:
                exec(text.code(), vars(module))
        return vars(module)

    def check(self) -> Result:
        """The result of its exercise's check."""
        return self.examine(self.run())

    def examine(self, names: Mapping[str, Any]) -> Result:
        """The result of its exercise's check, given what :meth:`run` has returned."""
        exercise = find_exercise(self.exercise, self.lesson)
        _, text = exercise_text(self.exercise)
        return examine(exercise, self.lesson, text, [names[name] for name in exercise.wants if name in names])


def programs(lesson: Lesson, exercise: str) -> list[Program]:
    """Every program of that exercise, in the order of its file.

    Raises:
        ContentError: the exercise has no file, or it does not keep to the format.
    """
    texts = program_texts(lesson.folder, exercise).values()
    return [Program(lesson, exercise, text) for text in texts if text.kind != _PRELUDE]
