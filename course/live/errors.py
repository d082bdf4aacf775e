"""What can go wrong on the bench: the exceptions, and every sentence that they say."""


class LiveError(Exception):
    """Base of the bench's own errors."""


class ServerFailed(LiveError):
    """The app could not be served: its lifespan failed, or it ended by itself."""


class SettleTimeout(LiveError, TimeoutError):
    """Requests or tasks were still running when the time was over; the message names them."""


class GateTimeout(LiveError, TimeoutError):
    """A gate stayed closed; the message names it."""


class ProcessTimeout(LiveError, TimeoutError):
    """A process did not say, or did not do, what was waited for; the message has what it said."""


class InboxTimeout(LiveError, TimeoutError):
    """Too few messages arrived."""


MESSAGES = {
    "not_an_app": "serve() needs an ASGI app, such as FastAPI(), and got {got}.",
    "factory": (
        "serve() needs an ASGI app and got the function {name}(), which may build one: try serve({name}())."
    ),
    "lifespan": "The app did not start: its lifespan raised {error}.",
    "lifespan_said": "The app did not start: its lifespan said {reason}.",
    "ended_early": "The server ended before it was ready: {error}.",
    "too_slow": "The app was not ready after {seconds:g} s: does its lifespan wait for something?",
    "not_running": "This server has stopped. Start one with serve(app).",
    "still_running": "After {seconds:g} s these were still running: {names}.",
    "died": "The server has ended by itself: {error}.",
    "pending": "{name} has no answer after {seconds:g} s.",
    "gate": "The gate {name!r} was not opened within {seconds:g} s.",
    "inbox": "After {seconds:g} s the inbox had {have} of {wanted} messages.",
    "no_source": "There is no source to show for {name}: it is not Python, or was made at run time.",
    "no_lines": "{name} has lines 1 to {last}; {lines} is not within them.",
    "bad_pulse": "pulse is the time between two ticks in seconds, above 0, and not {got}.",
    "process_ended": "The process has ended before it said {wanted!r}. It said:\n{log}",
    "process_silent": "After {seconds:g} s the process had not said {wanted!r}. It said:\n{log}",
    "process_runs": "After {seconds:g} s the process was still running. It said:\n{log}",
    "process_nothing": "(nothing)",
    "bad_threads": "threads is a number of worker threads, at least 1, and not {got}.",
}
