"""Wrong ideas as an instructor meets them: what shows them, what the learner believes, where it is cured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from course.practice.texts import ExerciseText, Question, engine_misses, misconception_text

Headings = Mapping[str, Mapping[str, str]]
"""For each lesson's name: the heading that each cell stands under."""


@dataclass(frozen=True)
class Idea:
    """One way to be wrong. All three are in the course's small markup; belief and cure may be empty."""

    seen: str
    belief: str
    cure: str


def ideas_of_exercise(exercise: ExerciseText, headings: Headings) -> list[Idea]:
    """What the exercise's check can say, and the wrong idea behind each message."""
    return [
        Idea(filled(miss.says), *belief_and_cure(miss.misconception, headings))
        for miss in exercise.misses.values()
    ]


def ideas_of_question(question: Question, headings: Headings) -> list[Idea]:
    """The wrong options of a question, and the idea of whoever chooses them."""
    return [
        Idea(
            f"{letter}) {option.text} *{option.why}*",
            *belief_and_cure(option.misconception, headings),
        )
        for letter, option in question.options.items()
        if not option.right
    ]


def belief_and_cure(id: str | None, headings: Headings) -> tuple[str, str]:
    """What a misconception is in words, and the heading under which it is cured; empty if there is none."""
    found = misconception_text(id) if id else None
    if found is None:
        return "", ""
    lesson, idea = found
    of_lesson = headings.get(lesson.name, {})
    heading = of_lesson.get(idea.cure, "")
    title = next(iter(of_lesson.values()), "")
    return idea.belief, f"“{heading}” in {title}" if heading else ""


def filled(template: str) -> str:
    """A message with its fields shown as ``‹name›``: what the check fills in is not known yet."""
    return "".join(
        text + (f"‹{name}›" if name is not None else "") for text, name, _, _ in Formatter().parse(template)
    )


def every_miss() -> dict[str, str]:
    """What every check can say, whatever the exercise, with fields shown."""
    return {name: filled(text) for name, text in engine_misses().items()}
