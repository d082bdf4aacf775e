"""What the lessons and the engine say, for whoever prints it: exercises, questions, wrong ideas, markup."""

from course.practice._content import (
    ID,
    ExerciseText,
    Lesson,
    LessonText,
    Misconception,
    Option,
    Question,
    exercise_text,
    misconception_text,
    question_text,
)
from course.practice._content import load as load_catalogue
from course.practice._hints import reference
from course.practice._markup import inline, to_html
from course.practice._texts import engine_misses, say

__all__ = [
    "ID",
    "ExerciseText",
    "Lesson",
    "LessonText",
    "Misconception",
    "Option",
    "Question",
    "engine_misses",
    "exercise_text",
    "inline",
    "load_catalogue",
    "misconception_text",
    "question_text",
    "reference",
    "say",
    "to_html",
]
