"""The frame and the pieces of every picture of the course: one card, one style, light and dark."""

from course.live._svg import diamond, document, rect

__all__ = ["diamond", "document", "rect"]
