"""The class board: who is stuck, now, without accounts and without the internet.

Learners ``join`` a class, ``raise_hand`` and ``leave`` it. What they do is sent from an outbox beside their
journal; the board is a page on the instructor's machine (``python3 -m course class open``).
"""

from course.classroom.learner import join, keep_sending, leave, raise_hand

__all__ = ["join", "keep_sending", "leave", "raise_hand"]
