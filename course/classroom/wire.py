"""What crosses the wire between a learner's seat and the board, and nothing else does.

There is no field for code, printed output or files. Strings keep to patterns and lengths.
"""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from course.classroom.names import CODE, clean

MOST_EVENTS = 100
"""Events in one message."""
PORT = 8765
LARGEST = 64_000
"""Bytes of a message."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z]{1,30}\.[a-z0-9-]{1,80}$")]
Miss = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]{1,80}$")]
Key = Annotated[str, StringConstraints(pattern="^[a-h]$")]
Hand = Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(_Message):
    """One line of a learner's journal. ``key`` is the same whenever the line is sent again."""

    key: uuid.UUID
    at: AwareDatetime
    kind: Literal["check", "hint", "solution", "answer", "prediction"]
    id: Id
    state: Literal["passed", "not yet", "not attempted"] | None = None
    miss: Miss | None = None
    number: Annotated[int, Field(ge=0, le=100)] | None = None
    chosen: Annotated[list[Key], Field(max_length=8)] | None = None
    right: bool | None = None


class Enter(_Message):
    """A seat asks to be let in. ``token`` is made at the seat, so that asking twice makes one seat."""

    token: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    doctor: Annotated[str, StringConstraints(pattern="^[0-9A-Z]{5}-[0-9A-Z]{5}$")] | None = None


class Join(Enter):
    """A seat asks to be let in with the join code, and says what its learner wants to be called."""

    code: Annotated[str, StringConstraints(pattern=f"^{CODE.pattern}$")]
    name: Annotated[str, BeforeValidator(lambda value: clean(value) if isinstance(value, str) else value)] = (
        ""
    )


class Show(Enter):
    """A seat of a JupyterHub asks to be let in, with the ticket that the hub gave it for its user."""

    user: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    ticket: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class Joined(_Message):
    """The board's answer: what the learner is called there."""

    name: str
    class_name: str


class Sync(_Message):
    """What is new at a seat, and whether its hand is up: ``hand`` names the raising."""

    sent: AwareDatetime
    """The seat's clock. The board takes only differences from it."""
    events: Annotated[list[Event], Field(max_length=MOST_EVENTS)] = []
    hand: Hand | None = None


class Status(_Message):
    """The board's answer, after it has stored what came with the question."""

    hand: Literal["down", "up", "coming"] = "down"
    timer: float | None = None
    """Seconds that are left."""


def key_of(token: str, offset: int, line: bytes) -> uuid.UUID:
    """The key of the line at that place of a seat's journal."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{token}:{offset}:{line.hex()}")
