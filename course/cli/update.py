"""Bring newer lessons into the workspace. Nothing that you wrote is ever overwritten.

A lesson that you have not changed is replaced by the new one. Beside one that you have changed, the new one
is put under a name of its own, and you are shown, cell by cell, what we changed and what you changed.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence  # noqa: UP035  (parses and runs on 3.8)

from course.cli import _editions, _workspace
from course.cli._failures import CannotGoOn, failure_of_error
from course.notebook import Unreadable, read_raw
from course.paths import workspace
from course.words import padded, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``update``."""
    parser.add_argument(
        "lessons", nargs="*", metavar="lesson", help="only these, such as 01 or services (default: all)"
    )


@dataclass(frozen=True)
class Outcome:
    """What became of one lesson."""

    kind: str
    name: str
    file: str
    changes: tuple[_editions.Change, ...] = ()
    detail: str = ""

    def __str__(self) -> str:
        name, file, detail = self.name, self.file, self.detail
        return {
            "no-original": detail,
            "copied": say("{name}: copied.", name=name),
            "renumbered": _workspace.renumbered(name, file),
            "replaced": say("{file}: you had not changed it; it is the new edition now.", file=file),
            "beside": say(
                "{name}: yours stays as it is. The new edition is beside it: {file}", name=name, file=file
            ),
            "unreadable": say(
                "{name}: yours cannot be read as a notebook ({detail}) and stays as it is. "
                "The new edition is beside it: {file}",
                name=name,
                detail=detail,
                file=file,
            ),
        }[self.kind]


def run(args: argparse.Namespace) -> int:
    """Update one lesson after the other, and print what was done. An interruption leaves whole files."""
    target = workspace()
    try:
        outcomes = [update(name, target) for name in _chosen(args.lessons)]
        done = [outcome for outcome in outcomes if outcome.kind != "same"]
        for outcome in done:
            print(outcome)
            for change in outcome.changes:
                print(f"    {padded(_editions.who(change), 18)}{change.title}")
        if not done:
            print(
                say(
                    "Every lesson in {workspace} is the newest, or has the newest beside it.",
                    workspace=target,
                )
            )
        different = {outcome.file: outcome.changes for outcome in done if outcome.changes}
        if different:
            path = _editions.write_page(target, different)
            print(say("Both editions beside each other, cell by cell: {path}", path=path))
    except OSError as error:
        raise failure_of_error(error, target) or error from None
    return 1 if any(outcome.kind == "no-original" for outcome in outcomes) else 0


def _chosen(wanted: Sequence[str]) -> list[str]:
    lessons = _workspace.lessons()
    chosen = [name for name in lessons if not wanted or any(word in name for word in wanted)]
    unknown = [word for word in wanted if not any(word in name for name in lessons)]
    if unknown:
        raise CannotGoOn(
            "There is no lesson {name!r}.\nThese are there: {names}",
            name=unknown[0],
            names=", ".join(lessons),
            status=2,
        )
    return chosen


def update(name: str, target: Path) -> Outcome:
    """Bring one lesson up to date: copy it, replace an untouched copy, or put it beside a changed one."""
    try:
        content = _workspace.as_given(name)
    except Unreadable as error:
        return Outcome("no-original", name, name, detail=str(error))
    if not (target / name).exists():
        old = _workspace.bring(target, name, content)
        if not old:
            return Outcome("copied", name, name)
        changes = _beside(
            name, old, name, _workspace.base(target, old), content, _bytes(target / old)
        ).changes
        return Outcome("renumbered", old, name, changes)
    mine = _latest(target, name, content)
    if mine is None:
        return Outcome("same", name, name)
    before, yours = _workspace.base(target, mine), _bytes(target / mine)
    if _workspace.is_untouched(target, mine, yours) and _workspace.take_away(target, mine, yours):
        _workspace.put(target, mine, content)
        return Outcome("replaced", name, mine)
    beside = next(place for place in _workspace.places(name)[1:] if not (target / place).exists())
    _workspace.put(target, beside, content)
    return _beside(name, mine, beside, before, content, yours)


def _beside(name: str, mine: str, beside: str, before: bytes | None, content: bytes, yours: bytes) -> Outcome:
    """A changed copy ``mine`` stays, and the new edition is in ``beside``."""
    if not name.endswith(".ipynb"):
        return Outcome("beside", mine, beside)
    try:
        return Outcome("beside", mine, beside, tuple(_editions.changes(before, content, yours)))
    except Unreadable as error:
        return Outcome("unreadable", mine, beside, detail=error.reason)


def _bytes(path: Path) -> bytes:
    """What is in a copy; nothing if it is a folder."""
    return b"" if path.is_dir() else path.read_bytes()


def _is_whole(path: Path) -> bool:
    """Whether a copy can be opened. Only a notebook can be damaged."""
    try:
        return path.suffix != ".ipynb" or bool(read_raw(path))
    except Unreadable:
        return False


def _latest(target: Path, name: str, content: bytes) -> str | None:
    """The copy of a lesson that came last, or None if a whole one of this edition is there already."""
    record = _workspace.read_record(target)
    digest = hashlib.sha256(content).hexdigest()
    there = [place for place in _workspace.places(name) if (target / place).exists()]
    same = [place for place in there if record.get(place) == digest or _bytes(target / place) == content]
    if same:
        return None if any(_is_whole(target / place) for place in same) else same[-1]
    ours = [place for place in there if place in record]
    return ours[-1] if ours else name
