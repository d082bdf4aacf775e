"""The learner's copies of the lessons. Nothing that a learner wrote is ever overwritten."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
import stat
from pathlib import Path
from typing import Any, Callable, Iterator  # noqa: UP035  (parses and runs on 3.8)

from course import notebook
from course.cli import _editions
from course.cli._failures import CannotGoOn, failure_of_error
from course.paths import NOTEBOOKS, workspace, write
from course.words import ENGLISH, language, languages, remember, say

_SKIPPED = {".ipynb_checkpoints", "__pycache__", ".pytest_cache"}


def copy_lessons(*, tell: Callable[[str], object]) -> str:
    """Copy every lesson that is not in the workspace yet, and mention the ones that have a newer original.

    Returns:
        The name of the first lesson.

    Raises:
        CannotGoOn: There are no lessons, or the workspace cannot be written.
    """
    names = lessons()
    target = workspace()
    try:
        _copy_new(names, target, tell)
    except OSError as error:
        raise failure_of_error(error, target) or error from None
    notebooks = [name for name in names if name.endswith(".ipynb")]
    return next((name for name in notebooks if (target / name).is_file()), notebooks[0])


def keep_language(chosen: str | None) -> None:
    """Make this the language of the workspace; without one, keep what it has, or that of this machine.

    Raises:
        CannotGoOn: The workspace cannot be written.
    """
    if chosen or language() != ENGLISH:
        try:
            remember(chosen or language())
        except OSError as error:
            raise failure_of_error(error, workspace()) or error from None


def lessons() -> list[str]:
    """The names of what belongs to the lessons, in order.

    Raises:
        CannotGoOn: There are none.
    """
    names = list(_files(NOTEBOOKS))
    if not any(name.endswith(".ipynb") for name in names):
        raise CannotGoOn(
            "There is no lesson in {folder}.\n"
            "This checkout is incomplete: get it again, or run git checkout notebooks",
            folder=NOTEBOOKS,
        )
    return names


def _copy_new(names: list[str], target: Path, tell: Callable[[str], object]) -> None:
    copied_from = read_record(target)
    new, newer = [], []
    for name in names:
        copy = target / name
        try:
            content = as_given(name)
            if name.endswith(".ipynb") and copy.exists():
                notebook.read_raw(copy)
        except notebook.Unreadable as error:
            tell(str(error))
            continue
        digest = hashlib.sha256(content).hexdigest()
        if not copy.exists():
            old = bring(target, name, content)
            copied_from = read_record(target)
            new.append(copy)
            if old:
                tell(renumbered(old, name))
        elif copied_from.get(name) == digest:
            _keep(target, content)
        elif digest not in map(copied_from.get, places(name)) and copy.read_bytes() != content:
            newer.append(name)
    if newer:
        text = say(
            "The course has a newer version of: {names}. Yours stays as it is; "
            "python3 -m course update puts the new one beside it.",
            names=", ".join(newer),
        )
        tell(text)
    if new:
        text = say(
            "Copied to {workspace}: {names}. Work on these copies; they are yours.",
            names=", ".join(copy.name for copy in new),
            workspace=target,
        )
        tell(text)


def places(name: str) -> list[str]:
    """Where copies of a lesson may be: under its own name, then under those of newer editions beside it."""
    stem, dot, suffix = name.rpartition(".")
    return [name, f"{stem} (new){dot}{suffix}", *(f"{stem} (new {n}){dot}{suffix}" for n in range(2, 100))]


def put(target: Path, place: str, content: bytes, answers: dict[str, str] | None = None) -> None:
    """Write a copy of a lesson where none is, and note what it was made from.

    Args:
        target: The workspace.
        place: The name of the copy.
        content: What the lesson is.
        answers: Programs of the learner's that stand in the copy instead of the starters, by exercise.
    """
    digest = _keep(target, content)
    write(target / place, _with_answers(content, answers) if answers else content)
    copied_from = {**read_record(target), place: digest}
    _write_record(target, copied_from)
    _trust([target / place])


def bring(target: Path, name: str, content: bytes) -> str:
    """Put a lesson that is not in the workspace into it, with the learner's answers of an older cut.

    A lesson keeps its name for ever; its number may change. A copy under an older number that the learner
    has not changed is moved out of the way. One that they have changed stays where it is.

    Returns:
        The name of the changed copy under an older number; empty when there is none.
    """
    old = [
        place for place in read_record(target) if _is_renumbered(place, name) and (target / place).is_file()
    ]
    answers = _older_answers(target) if name.endswith(".ipynb") else {}
    put(target, name, content, answers)
    changed = ""
    for place in old:
        yours = (target / place).read_bytes()
        if not (is_untouched(target, place, yours) and take_away(target, place, yours)):
            changed = place
    return changed


def renumbered(old: str, name: str) -> str:
    """What a learner is told whose copy has another number now."""
    return say(
        "{old}: yours stays as it is. The lesson is {name} now; what you wrote for its exercises is in it.",
        old=old,
        name=name,
    )


def _is_renumbered(place: str, name: str) -> bool:
    """Whether a copy is of the lesson ``name``, under another number."""
    one, other = (re.match(r"(\d\d)_(\w+)(?: \(new[ \d]*\))?\.ipynb$", text) for text in (place, name))
    return bool(one and other and one[1] != other[1] and one[2] == other[2])


def _older_answers(target: Path) -> dict[str, str]:
    """What the learner wrote for the exercises, in copies of lessons that have another number now."""
    names = set(lessons())
    found: dict[str, str] = {}
    for place in read_record(target):
        before = base(target, place)
        if place in names or before is None or not any(_is_renumbered(place, name) for name in names):
            continue
        try:
            starters = _programs(notebook.load(before))
            mine = _programs(notebook.read_raw(target / place))
        except notebook.Unreadable:
            continue
        found.update({id: text for id, text in mine.items() if text != starters.get(id)})
    return found


def _programs(nb: notebook.Node) -> dict[str, str]:
    """The cells in which a learner writes, by exercise."""
    marked = [(notebook.course_metadata(cell).get("exercise"), cell) for cell in notebook.code_cells(nb)]
    return {str(id): notebook.source(cell) for id, cell in marked if id}


def _with_answers(content: bytes, answers: dict[str, str]) -> bytes:
    nb = notebook.load(content)
    programs = {**_programs(nb), **answers}
    filled = notebook.with_answers(nb, programs.__getitem__)
    return (json.dumps(filled, ensure_ascii=False, indent=1) + "\n").encode()


def is_untouched(target: Path, place: str, yours: bytes) -> bool:
    """Whether the copy ``yours`` is still what it was made from, and not protected by its owner."""
    if not (target / place).stat().st_mode & stat.S_IWUSR:
        return False
    before = base(target, place)
    if before is not None:
        return _editions.same_work(before, yours)
    return read_record(target).get(place) == hashlib.sha256(yours).hexdigest()


def base(target: Path, place: str) -> bytes | None:
    """What a copy was made from, if that was kept."""
    try:
        return _kept(target, read_record(target)[place]).read_bytes()
    except (KeyError, OSError):
        return None


def take_away(target: Path, place: str, expected: bytes) -> bool:
    """Move a copy that is to be replaced out of the way; False, without a change, if it has just changed."""
    kept = target / ".course" / "replaced" / place
    kept.parent.mkdir(parents=True, exist_ok=True)
    (target / place).replace(kept)
    if kept.read_bytes() == expected:
        return True
    kept.replace(target / place)
    return False


def _kept(target: Path, digest: str) -> Path:
    return target / ".course" / "shipped" / digest


def _keep(target: Path, content: bytes) -> str:
    """Keep what a copy is made from, to find out later what the learner changed; returns its digest."""
    digest = hashlib.sha256(content).hexdigest()
    if not _kept(target, digest).exists():
        write(_kept(target, digest), content)
    return digest


def _files(folder: Path) -> Iterator[str]:
    """What belongs to the lessons, by its name relative to their folder, in order."""
    skipped = {*_SKIPPED, *languages()}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        lesson = path.suffix == ".ipynb"  # also one that is not a file: reading it gives the error message
        within = any(parent.suffix == ".ipynb" for parent in inside.parents)
        wanted = (lesson or path.is_file()) and not within and path.name != "conftest.py"
        if wanted and not skipped & set(inside.parts):
            yield inside.as_posix()


def as_given(name: str) -> bytes:
    """What a learner begins with: a notebook without outputs, in the learner's language if it is there; any
    other file as it is.

    Raises:
        Unreadable: The course's own notebook is damaged.
    """
    translated = NOTEBOOKS / language() / name
    original = translated if translated.is_file() else NOTEBOOKS / name
    return notebook.as_given(original) if name.endswith(".ipynb") else original.read_bytes()


def _record(target: Path) -> Path:
    return target / ".course" / "lessons.json"


def read_record(target: Path) -> dict[str, str]:
    """The digest of what each copy was made from, by the copy's name."""
    try:
        record = json.loads(_record(target).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _write_record(target: Path, copied_from: dict[str, str]) -> None:
    write(_record(target), json.dumps(copied_from, indent=1) + "\n")


def _trust(copies: list[Path]) -> None:
    """Sign the fresh copies, so that JupyterLab shows their stored pictures before a cell has run."""
    from course.cli import _lab

    _lab.isolate(os.environ)
    _lab.spare_the_grammar()
    sign: Any = importlib.import_module("nbformat.sign")
    notary = sign.NotebookNotary()
    try:
        for copy in copies:
            if copy.suffix == ".ipynb":
                notary.sign(notebook.read(copy))
    finally:
        notary.store.close()


# ---- lessons as they are named on the command line -------------------------------------------------------


def notebook_called(text: str, notebooks: Path = NOTEBOOKS) -> Path:
    """The notebook of the lesson ``text``: its number (``01``, ``1``) or its name (``after_the_response``).

    Raises:
        CannotGoOn: there is no such lesson.
    """
    there = {path.stem: path for path in sorted(notebooks.glob("[0-9][0-9]_*.ipynb"))}
    for stem, path in there.items():
        number, _, name = stem.partition("_")
        if text in (stem, name) or (text.isdecimal() and int(text) == int(number)):
            return path
    raise CannotGoOn(
        "There is no lesson {name!r}.\nThese are there: {names}", status=2, name=text, names=", ".join(there)
    )


def name_of(notebook: Path) -> str:
    """The name of a notebook's lesson, which is also the name of its folder."""
    return notebook.stem.partition("_")[2]
