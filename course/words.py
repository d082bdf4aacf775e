"""How the course says things: sentences that learners read, pages, and tables in a terminal.

What a learner reads stands in English at the place that says it, as ``say("You are {name}.", name=name)``: a
whole sentence, its fields named. That is the form that gettext and Babel extract. The translations are
gettext catalogues, ``course/locales/<language>/LC_MESSAGES/*.po``: ``course.po``, and one for each lesson
(docs/translating.md). What only instructors, authors and operators read is a plain f-string.

Catalogues are read as they are, and packages are imported inside functions: the set-up says things before
there is any package.
"""

from __future__ import annotations

import json
import locale
import os
import re
import sys
import unicodedata
from functools import lru_cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Collection, Iterable, Mapping, Sequence  # noqa: UP035  (parses and runs on 3.8)

from course.paths import workspace, write

if TYPE_CHECKING:
    from jinja2 import Environment

ENGLISH = "en"
LANGUAGE_VARIABLE = "COURSE_LANGUAGE"
ENGINE = "course"
"""The catalogue of what is in no lesson."""

# ---- the language ------------------------------------------------------------------------------------


def language() -> str:
    """The learner's language: ``COURSE_LANGUAGE``, else what the workspace was made in, else the language of
    this machine if there is a catalogue for it, else English.
    """
    return os.environ.get(LANGUAGE_VARIABLE) or _remembered(_choice(workspace()))


def locales() -> Path:
    """The folder of the catalogues: ``$COURSE_LOCALES``, or the course's own."""
    return Path(os.environ.get("COURSE_LOCALES") or Path(__file__).parent / "locales")


def language_tag(name: str | None = None) -> str:
    """A language, or the learner's, as pages write it in ``lang``: ``zh-CN``. Browsers choose by it how a
    character is drawn that Chinese and Japanese share.
    """
    return (name or language()).replace("_", "-")


def languages() -> list[str]:
    """The languages that there are catalogues for, beside English."""
    return sorted(path.parent.parent.name for path in locales().glob(f"*/LC_MESSAGES/{ENGINE}.po"))


def remember(language: str) -> None:
    """Keep the language of this workspace, and use it from now on, in every process that begins here.

    Raises:
        OSError: The workspace cannot be written.
    """
    write(_choice(workspace()), language + "\n")
    _remembered.cache_clear()
    os.environ[LANGUAGE_VARIABLE] = language


def _choice(workspace: Path) -> Path:
    return workspace / ".course" / "language"


@lru_cache(maxsize=None)  # noqa: UP033  (3.8)
def _remembered(choice: Path) -> str:
    try:
        chosen = choice.read_text("utf-8").strip()
    except (OSError, ValueError):
        chosen = ""
    return chosen or nearest(_of_this_machine()) or ENGLISH


def nearest(name: str) -> str:
    """The language that there is a catalogue for, and that ``name`` means (``zh_TW.UTF-8``, ``zh-Hans``);
    empty if there is none.
    """
    wanted = re.split(r"[.@]", name.replace("-", "_"))[0]
    there = [ENGLISH, *languages()]
    same = [each for each in there if each.partition("_")[0] == wanted.partition("_")[0]]
    return wanted if wanted in there else next(iter(same), "")


def _of_this_machine() -> str:
    named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if not named and sys.platform == "win32":
        import ctypes

        named = locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return named


# ---- sentences ---------------------------------------------------------------------------------------


def say(sentence: str, /, **fields: object) -> str:
    """The sentence in the learner's language, with its fields filled in.

    Raises:
        KeyError: a field of the sentence has no value.
    """
    return _sentence(sentence).format(**fields)


def listed(names: Iterable[str]) -> str:
    """Names in a row, with what stands between two of them in the learner's language."""
    return _between(lambda before, after: say("{before}, {after}", before=before, after=after), names)


def strung(sentences: Iterable[str]) -> str:
    """Sentences in a row, in the same way."""
    return _between(lambda before, after: say("{before}; {after}", before=before, after=after), sentences)


def _between(join: Callable[[str, str], str], parts: Iterable[str]) -> str:
    every = list(parts)
    return reduce(join, every) if every else ""


def translated(text: str, catalogue: str, wanted: str | None = None) -> str:
    """A text in the learner's language, or in the one that is wanted; as it is, if its translation is missing
    or marked as fuzzy, which means that the English text has changed since.

    Args:
        text: What stands in English.
        catalogue: The lesson that it belongs to.
        wanted: The language.
    """
    chosen = wanted or language()
    return text if chosen == ENGLISH else _catalogue(locales(), chosen, catalogue).get(text, text)


def _sentence(sentence: str) -> str:
    """What the engine says is in its own catalogue. What a lesson says is in that of the lesson."""
    chosen = language()
    if chosen == ENGLISH:
        return sentence
    own = _catalogue(locales(), chosen, ENGINE)
    return own.get(sentence) or _of_all_lessons(locales(), chosen).get(sentence, sentence)


@lru_cache(maxsize=None)  # noqa: UP033  (3.8)
def _of_all_lessons(folder: Path, language: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for path in sorted((folder / language / "LC_MESSAGES").glob("*.po")):
        found = {**_catalogue(folder, language, path.stem), **found}
    return found


@lru_cache(maxsize=None)  # noqa: UP033  (3.8)
def _catalogue(folder: Path, language: str, name: str) -> Mapping[str, str]:
    path = folder / language / "LC_MESSAGES" / f"{name}.po"
    return _read(path.read_text("utf-8")) if path.is_file() else {}


_ENTRY = re.compile(r'^msgid "(.+)"\nmsgstr "(.+)"$', re.M)
_FUZZY = re.compile(r"^#,.*\bfuzzy\b", re.M)


def _read(catalogue: str) -> dict[str, str]:
    """The translations in the text of a ``.po`` file that are there and not fuzzy."""
    found = {}
    for entry in catalogue.replace('"\n"', "").split("\n\n"):
        match = _ENTRY.search(entry)
        if match and not _FUZZY.search(entry):
            found[_unquoted(match[1])] = _unquoted(match[2])
    return found


def _unquoted(text: str) -> str:
    """Its escapes are those of JSON."""
    return str(json.loads(f'"{text}"')) if "\\" in text else text


# ---- pages and tables --------------------------------------------------------------------------------


def pages(folder: Path) -> Environment:
    """The Jinja templates in a folder: every value is escaped, and none may be missing.

    In a template, ``say`` may hold markup; its fields are escaped all the same.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def say_in_page(sentence: str, /, **fields: object) -> Markup:
        return Markup(_sentence(sentence)).format(**fields)

    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals.update(say=say_in_page, language_tag=language_tag)
    return made


def width(text: str) -> int:
    """How many columns a text takes in a terminal: two for a full-width character, none for a mark that is
    drawn on another or cannot be seen.
    """
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def padded(text: str, columns: int) -> str:
    """The text with as many spaces after it as it needs to take that many columns."""
    return text + " " * (columns - width(text))


def table(rows: Sequence[Sequence[str]], heads: Sequence[str], *, right: Collection[int] = ()) -> str:
    """Rows as text in columns as wide as they need; the columns numbered in ``right`` end at their right."""
    import io

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False)
    for number, head in enumerate(heads):
        made.add_column(head, justify="right" if number in right else "left", no_wrap=True)
    for row in rows:
        made.add_row(*map(Text, row))
    out = io.StringIO()
    Console(file=out, width=1000, color_system=None, force_terminal=False).print(made)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())
