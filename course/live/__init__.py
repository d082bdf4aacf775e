"""The lab bench: a real server in the notebook, and everything that a lesson needs beside it.

Names are loaded on first use: a server in a process of its own needs a gate, and not the whole bench.
"""

from typing import TYPE_CHECKING

from course.on_demand import on_first_use

if TYPE_CHECKING:
    from course.live._recorder import mark
    from course.live.errors import (
        AnswerTimeout,
        GateTimeout,
        InboxTimeout,
        LiveError,
        ProcessTimeout,
        ServerFailed,
        SettleTimeout,
    )
    from course.live.gate import FileGate, Gate
    from course.live.inbox import Inbox, Mail
    from course.live.process import OtherKernel, Output, Process, ServerProcess, launch
    from course.live.server import Pending, Server, serve
    from course.live.source import Source, show_source
    from course.timeline import Event, Exchange, Heartbeats, Task, Timeline, faster, heartbeats

_NAMES = {
    "course.live._recorder": "mark",
    "course.live.errors": "AnswerTimeout GateTimeout InboxTimeout LiveError ProcessTimeout ServerFailed "
    "SettleTimeout",
    "course.live.gate": "FileGate Gate",
    "course.live.inbox": "Inbox Mail",
    "course.live.process": "OtherKernel Output Process ServerProcess launch",
    "course.live.server": "Pending Server serve",
    "course.live.source": "Source show_source",
    "course.timeline": "Event Exchange Heartbeats Task Timeline faster heartbeats",
}

__all__ = [
    "AnswerTimeout",
    "Event",
    "Exchange",
    "FileGate",
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
    "Process",
    "ProcessTimeout",
    "Server",
    "ServerFailed",
    "ServerProcess",
    "SettleTimeout",
    "Source",
    "Task",
    "Timeline",
    "faster",
    "heartbeats",
    "launch",
    "mark",
    "serve",
    "show_source",
]

__getattr__ = on_first_use(__name__, _NAMES)
