"""How the course says things: sentences that learners read, pages, and tables in a terminal.

What a learner reads stands in English at the place that says it, as ``say("You are {name}.", name=name)``: a
whole sentence, its fields named. That is the form that gettext and Babel extract; a catalogue in
``course/locales/<language>/LC_MESSAGES/course.mo`` replaces the sentence. What only instructors, authors and
operators read is a plain f-string.

Packages are imported inside functions: the set-up says things before there are any.
"""

from __future__ import annotations

import gettext
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Collection, Sequence  # noqa: UP035  (parses and runs on 3.8)

if TYPE_CHECKING:
    from jinja2 import Environment

LOCALES = Path(__file__).parent / "locales"


def language() -> str:
    """The language of the course: ``COURSE_LANGUAGE``, English unless told."""
    return os.environ.get("COURSE_LANGUAGE") or "en"


def say(sentence: str, /, **fields: object) -> str:
    """The sentence in the learner's language, with its fields filled in.

    Raises:
        KeyError: a field of the sentence has no value.
    """
    return _catalogue(language()).gettext(sentence).format(**fields)


@lru_cache(maxsize=None)  # noqa: UP033  (3.8)
def _catalogue(wanted: str) -> gettext.NullTranslations:
    return gettext.translation("course", LOCALES, [wanted], fallback=True)


def pages(folder: Path) -> Environment:
    """The Jinja templates in a folder: every value is escaped, and none may be missing.

    In a template, ``say`` may hold markup; its fields are escaped all the same.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def say_in_page(sentence: str, /, **fields: object) -> Markup:
        return Markup(_catalogue(language()).gettext(sentence)).format(**fields)

    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals.update(say=say_in_page, language=language)
    return made


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
