"""The lab bench: a real server in the notebook, and the picture of what ran when."""

from course.live._heartbeats import Heartbeats, heartbeats
from course.live._kernel import OtherKernel, Output
from course.live._recorder import mark
from course.live.errors import GateTimeout, InboxTimeout, LiveError, ServerFailed, SettleTimeout
from course.live.gate import Gate
from course.live.inbox import Inbox, Mail
from course.live.server import Pending, Server, serve
from course.live.source import Source, show_source
from course.live.timeline import Event, Exchange, Task, Timeline, faster

__all__ = [
    "Event",
    "Exchange",
    "Gate",
    "GateTimeout",
    "Heartbeats",
    "Inbox",
    "InboxTimeout",
    "LiveError",
    "Mail",
    "OtherKernel",
    "Output",
    "Pending",
    "Server",
    "ServerFailed",
    "SettleTimeout",
    "Source",
    "Task",
    "Timeline",
    "faster",
    "heartbeats",
    "mark",
    "serve",
    "show_source",
]
