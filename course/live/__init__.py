"""The lab bench: a real server in the notebook, and the picture of what ran when.

Names are loaded on first use: a server in a process of its own needs a gate, and not the whole bench.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from course.live._heartbeats import Heartbeats, heartbeats
    from course.live._kernel import OtherKernel, Output
    from course.live._recorder import mark
    from course.live.errors import (
        GateTimeout,
        InboxTimeout,
        LiveError,
        ProcessTimeout,
        ServerFailed,
        SettleTimeout,
    )
    from course.live.gate import FileGate, Gate
    from course.live.inbox import Inbox, Mail
    from course.live.process import Process, ServerProcess, launch
    from course.live.server import Pending, Server, serve
    from course.live.source import Source, show_source
    from course.live.timeline import Event, Exchange, Task, Timeline, faster

_HOME = {
    "Heartbeats": "_heartbeats",
    "heartbeats": "_heartbeats",
    "OtherKernel": "_kernel",
    "Output": "_kernel",
    "mark": "_recorder",
    "GateTimeout": "errors",
    "InboxTimeout": "errors",
    "LiveError": "errors",
    "ProcessTimeout": "errors",
    "ServerFailed": "errors",
    "SettleTimeout": "errors",
    "FileGate": "gate",
    "Gate": "gate",
    "Inbox": "inbox",
    "Mail": "inbox",
    "Process": "process",
    "ServerProcess": "process",
    "launch": "process",
    "Pending": "server",
    "Server": "server",
    "serve": "server",
    "Source": "source",
    "show_source": "source",
    "Event": "timeline",
    "Exchange": "timeline",
    "Task": "timeline",
    "Timeline": "timeline",
    "faster": "timeline",
}

__all__ = [
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


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'course.live' has no attribute {name!r}")
    found = getattr(importlib.import_module(f"course.live.{_HOME[name]}"), name)
    globals()[name] = found  # the next access finds it at once
    return found
