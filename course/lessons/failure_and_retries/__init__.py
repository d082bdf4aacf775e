"""Content of lesson 07: what a failure costs, and how to try again without harm."""

from course.lessons.failure_and_retries.faults import Fault, Faults, WrongAnswer
from course.lessons.failure_and_retries.logs import LogList
from course.lessons.failure_and_retries.waits import draw_waits

LESSON = "failure_and_retries"

__all__ = ["LESSON", "Fault", "Faults", "LogList", "WrongAnswer", "draw_waits"]
