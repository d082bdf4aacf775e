"""What the checks of the shop's lessons share: answers and errors in words, and calls that came too early."""

import re
from typing import Any

import httpx

from course.live import Server
from course.practice import Call, Spy, patiently

_LONGEST = 160
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
ADA, BOB, CLEO = "ada@example.com", "bob@example.com", "cleo@example.com"


def error_words(error: BaseException) -> str:
    """An exception in one line, the same on every run."""
    text = str(error).partition("\n")[0].partition(" (Background on this error")[0].rstrip(".")
    text = _ADDRESS.sub("", text)
    return cut(f"{type(error).__name__}: {text}") if text else type(error).__name__


def came_early(server: Server, call: Call, number: int) -> bool:
    """Whether this call came before the response of request `number` was complete."""
    try:
        return call.at < server.timeline.start(f"response#{number}")
    except LookupError:
        return True


def cut(said: str) -> str:
    """Not thousands of characters of it."""
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]} …"


def json_of(reply: httpx.Response) -> Any:
    """The JSON of an answer; its text where it is none."""
    try:
        return reply.json()
    except ValueError:
        return reply.text


def wait_for_calls(server: Server, spy: Spy, number: int, known: int = 0) -> None:
    """Until the spy was called so often, by whatever does the work, or has no chance to be.

    Args:
        server: whose tasks call it.
        spy: the spy.
        number: of calls.
        known: errors that are no sign of that, because they were there before.
    """
    patiently(lambda: len(spy.calls) >= number or len(server.errors) > known)
