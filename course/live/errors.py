"""What can go wrong on the bench."""


class LiveError(Exception):
    """Base of the bench's own errors."""


class ServerFailed(LiveError):
    """The app could not be served: its lifespan failed, or it ended by itself."""


class SettleTimeout(LiveError, TimeoutError):
    """Requests or tasks were still running when the time was over; the message names them."""


class GateTimeout(LiveError, TimeoutError):
    """A gate stayed closed; the message names it."""


class ProcessTimeout(LiveError, TimeoutError):
    """A process did not print or do what was waited for; the message has its output."""


class InboxTimeout(LiveError, TimeoutError):
    """Too few messages arrived."""
