"""Content of lesson 08: tests that can fail, and how to see what a task does."""

from course.lessons.testing_and_debugging.notebooks import gate
from course.lessons.testing_and_debugging.processes import UvicornProcess
from course.lessons.testing_and_debugging.shop import OrderShop

LESSON = "testing_and_debugging"

__all__ = ["LESSON", "OrderShop", "UvicornProcess", "gate"]
