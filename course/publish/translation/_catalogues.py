"""What there is to translate, and the catalogues that hold the translations.

A catalogue is a ``.po`` file of gettext: one for each lesson (its notebook, its ``en.yaml``, what its modules
say), and ``course.po`` for the rest. Babel reads, merges and writes them.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from course import notebook
from course.paths import ROOT, write
from course.practice import texts
from course.publish.translation._units import has_words, units
from course.words import ENGINE, locales

KEYWORDS = {"say": None, "CannotGoOn": None}
"""What says a sentence, in modules and in templates."""

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""In the header of a new catalogue: two that are made of the same texts are the same. Translators' programs
write the day of their change.
"""


def templates() -> dict[str, Catalog]:
    """Everything that there is to translate, by catalogue, in the order in which it is read."""
    found: dict[str, Catalog] = {name: _empty() for name in [ENGINE, *texts.lesson_names()]}
    for name, place, text in _everything():
        found[name].add(text, locations=[(place, None)])  # type: ignore[list-item]  # it may be none
    return found


def _everything() -> Iterator[tuple[str, str, str]]:
    """Each text, with its catalogue and its place."""
    for name in texts.lesson_names():
        yield from ((name, place, text) for place, text in _of_lesson(name))
    for key, text in texts.engine_texts().items():
        yield ENGINE, f"course/practice/en.yaml:{key}", text
    yield from _said()


@cache
def _said() -> list[tuple[str, str, str]]:
    """The same of what modules and templates say: reading all of them takes most of the time."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        mappings = tomllib.load(file)["tool"]["babel"]["mappings"]
    methods = [(each["pattern"], each["method"]) for each in mappings]
    found = []
    for file_name, _, said, _, _ in extract_from_dir(ROOT / "course", methods, keywords=KEYWORDS):
        path = Path(file_name)
        name = path.parts[1] if path.parts[0] == "lessons" and len(path.parts) > 2 else ENGINE
        found.append((name, f"course/{path.as_posix()}", str(said)))
    return found


def _of_lesson(name: str) -> Iterator[tuple[str, str]]:
    """The texts of a lesson's notebook and of its ``en.yaml``."""
    path = texts.notebook_of(name)
    if path is not None:
        nb, file_name = notebook.read_raw(path), path.relative_to(ROOT).as_posix()
        for objective in notebook.course_metadata(nb).get("objectives", ()):
            yield f"{file_name}:objectives", str(objective)
        for cell in notebook.cells(nb):
            if cell["cell_type"] == "markdown":
                place = f"{file_name}:{cell.get('id', '')}"
                yield from ((place, unit.text) for unit in units(notebook.source(cell)))
    found: list[tuple[str, str]] = []
    file = texts.catalogue_path(texts.lesson_folder(name))
    where = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.name

    def note(place: str, text: str) -> str:
        if has_words(text):
            found.append((f"{where}:{place}", text))
        return text

    texts.with_texts(texts.read_texts(file), note)
    yield from found


# ---- catalogues ------------------------------------------------------------------------------------------


def _empty(language: str | None = None) -> Catalog:
    return Catalog(
        locale=language,
        project="After the Response",
        version="course",
        fuzzy=False,
        header_comment="# After the Response. How to translate: docs/translating.md",
        msgid_bugs_address="docs/translating.md",
        last_translator="The translators",
        language_team=language or "",
        creation_date=_EPOCH,
        revision_date=_EPOCH,
    )


def path_of(language: str, name: str) -> Path:
    """The catalogue ``name`` of a language."""
    return locales() / language / "LC_MESSAGES" / f"{name}.po"


def read(path: Path, language: str) -> Catalog:
    """The catalogue in ``path``; an empty one if there is none.

    Raises:
        PoFileError: It is not a catalogue.
    """
    if not path.is_file():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _brought_up_to_date(catalogue: Catalog, template: Catalog, memory: Mapping[str, str]) -> str:
    """The text of a catalogue as it should be now: all that the template has, in its order.

    A text that has changed keeps its old translation, marked as fuzzy. One that is new in it has the
    translation that it has in another catalogue, which it may come from.
    """
    for message in messages(template):
        if message.id not in catalogue and message.id in memory:
            catalogue.add(message.id, memory[str(message.id)])
    catalogue.update(template, update_creation_date=False)
    catalogue.obsolete.clear()
    return _text(catalogue)


def _text(catalogue: Catalog) -> str:
    """What stands in its file. Fields are braces, so a per cent sign is no field, as Babel takes it for."""
    for message in catalogue:
        message.flags.discard("python-format")
    file = io.BytesIO()
    write_po(file, catalogue)
    return file.getvalue().decode().rstrip("\n") + "\n"


def bring_up_to_date(language: str, found: dict[str, Catalog] | None = None) -> list[Path]:
    """Bring the catalogues of a language up to date, or make them; the files that changed."""
    changed = []
    wanted = found or templates()
    there = {name: read(path_of(language, name), language) for name in wanted}
    memory = {
        str(message.id): str(message.string)
        for catalogue in there.values()
        for message in messages(catalogue)
        if message.string and not message.fuzzy
    }
    for name, template in wanted.items():
        path, text = path_of(language, name), _brought_up_to_date(there[name], template, memory)
        if not path.is_file() or path.read_text("utf-8") != text:
            write(path, text)
            changed.append(path)
    return changed


# ---- how far they are ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """How many units a catalogue has, and how many of them are translated, and fuzzy."""

    name: str
    units: int
    translated: int
    fuzzy: int

    @property
    def missing(self) -> int:
        """How many units have no translation at all."""
        return self.units - self.translated - self.fuzzy


def messages(catalogue: Catalog) -> list[Message]:
    """The units of a catalogue."""
    return [message for message in catalogue if message.id]


def state(language: str, name: str) -> State:
    """How far a catalogue is."""
    found = messages(read(path_of(language, name), language))
    fuzzy = sum(message.fuzzy for message in found)
    done = sum(bool(message.string) and not message.fuzzy for message in found)
    return State(name, len(found), done, fuzzy)
