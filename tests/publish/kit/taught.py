"""Every lesson as it is, read once for all tests of the kit. A test that changes one takes a copy."""

from course.paths import NOTEBOOKS
from course.publish.kit import read_lessons

LESSONS = read_lessons(NOTEBOOKS)
