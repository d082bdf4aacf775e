"""Content of lesson 10: the order pipeline of a shop, and a grader that sees what happens to each order."""

from course.lessons.capstone.services import Declined, OutOfStock, Services

LESSON = "capstone"

__all__ = ["LESSON", "Declined", "OutOfStock", "Services"]
