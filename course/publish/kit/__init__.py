"""The instructor's kit: editions, slides, handouts, the answer key, an agenda, and what a class has taken.

Everything that is made here works from a folder with the network unplugged.
"""

from course.publish.kit import agenda, attendance, build, editions, slides, timings
from course.publish.kit.lessons import TaughtLesson, read_lessons

__all__ = ["TaughtLesson", "agenda", "attendance", "build", "editions", "read_lessons", "slides", "timings"]
