"""What a notebook and a cell may say about themselves."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

CELL_TAGS = {
    "exercise": "the starter of an exercise; the metadata course.exercise names it",
    "check": "the cell that checks an exercise",
    "raises-exception": "the cell must raise, and stores its error",
    "slide": "the cell is on a slide",
}
"""The tags that a cell may carry. Any other is most likely a typing error, so it is a finding."""


class NotebookInfo(BaseModel):
    """The metadata ``course`` of a notebook."""

    model_config = ConfigDict(extra="forbid", strict=True)

    lesson: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    """The folder in ``course/lessons`` and the notebook's name without its number."""
    number: Annotated[int, Field(ge=0, le=99)]
    teach_minutes: Annotated[int, Field(ge=1, le=90)]
    practise_minutes: Annotated[int, Field(ge=0, le=120)]
    objectives: Annotated[list[Words], Field(min_length=1, max_length=3)]
    """What the learner will be able to do; completes the sentence "you will be able to ..."."""


class CellInfo(BaseModel):
    """The metadata ``course`` of a cell."""

    model_config = ConfigDict(extra="forbid", strict=True)

    exercise: Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z0-9-]+$")] | None = None
    """The id of the exercise that starts in this cell."""
    facts: list[Annotated[str, StringConstraints(pattern=r"^[A-Z]\d+[a-z]?$")]] = []
    """The measured facts that the cell's claim rests on."""
    note: Words | None = None
    """For the instructor."""
    drawn: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")] | None = None
    """Written by ``refresh``: the digest of the code that the stored picture comes from."""
