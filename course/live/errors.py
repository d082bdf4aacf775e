"""What can go wrong on the bench."""

from course.words import say


class LiveError(Exception):
    """Base of the bench's own errors."""


class ServerFailed(LiveError):
    """The app could not be served: its lifespan failed, or it ended by itself."""


class SettleTimeout(LiveError, TimeoutError):
    """Requests or tasks were still running when the time was over; the message names them."""


class AnswerTimeout(LiveError, TimeoutError):
    """A request that was submitted had no answer when the time was over.

    `request` is its method and path, `seconds` how long it was waited for.
    """

    def __init__(self, request: str, seconds: float) -> None:
        super().__init__(say("{name} has no answer after {seconds:g} s.", name=request, seconds=seconds))
        self.request = request
        self.seconds = seconds


class GateTimeout(LiveError, TimeoutError):
    """A gate stayed closed; the message names it."""


class ProcessTimeout(LiveError, TimeoutError):
    """A process did not print or do what was waited for; the message has its output."""


class InboxTimeout(LiveError, TimeoutError):
    """Too few messages arrived."""
