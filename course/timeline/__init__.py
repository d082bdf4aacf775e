"""The picture and the text of what ran when, made from what was noted. Knows no server and no notebook."""

from course.timeline.lives import Life, Lives
from course.timeline.model import Event, Exchange, Note, Record, Sent, Task
from course.timeline.pulse import Heartbeats, heartbeats
from course.timeline.timeline import NotEnded, Timeline, faster

__all__ = [
    "Event",
    "Exchange",
    "Heartbeats",
    "Life",
    "Lives",
    "NotEnded",
    "Note",
    "Record",
    "Sent",
    "Task",
    "Timeline",
    "faster",
    "heartbeats",
]
