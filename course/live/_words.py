"""Every sentence that the bench says, as templates with named fields: a second language can stand beside."""

SERVER = {
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
    "pulse": "This timeline has no pulse. Start the server with serve(app, pulse=0.005).",
    "bad_pulse": "pulse is the time between two ticks in seconds, above 0, and not {got}.",
    "bad_threads": "threads is a number of worker threads, at least 1, and not {got}.",
}

LANES = {
    "client": "client",
    "client_n": "client {n}",
    "other": "another client",
    "notebook": "notebook",
    "loop": "event loop",
    "worker": "worker thread",
    "worker_n": "worker thread {n}",
    "thread_n": "own thread {n}",
    "lifespan": "lifespan",
}

TEXT = {
    "empty": "Nothing has happened yet.",
    "request": "{lane}: {name}",
    "notebook": "{lane}: {label}",
    "handler": "{name} ({where})",
    "response": "response {status}",
    "cut": "response {status}, cut off before its end",
    "raised": "raised {error}",
    "no_response": "no response: {error}",
    "gone": "the client left before the end of the response",
    "waiting": "no response yet",
    "done": "{name} ({where}): done",
    "failed": "{name} ({where}): failed, {error}",
    "cancelled": "{name} ({where}): cancelled",
    "running": "{name} ({where}): still running",
    "lost": "{name} ({where}): returned a coroutine that nobody awaited",
    "mark": "- {label}",
    "beside": "beside it, in no fixed order:",
    "unknown": "There is no {wanted!r} in this timeline. There is: {names}.",
    "nothing": "There is no {wanted!r} in this timeline: nothing has happened yet.",
    "unfinished": "{name!r} has not ended yet.",
}
