"""The templates of what the site adds to Sphinx's pages. Every value is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from course import words
from course.practice.markup import inline, to_html

FOLDER = Path(__file__).parent / "templates"


@cache
def _templates() -> Environment:
    made = words.pages(FOLDER)
    made.filters |= {
        "inline": lambda text: Markup(inline(text)),
        "paragraphs": lambda text: Markup(to_html(text)),
    }
    return made


def render(name: str, **values: Any) -> str:
    """The template of that name, filled in."""
    return _templates().get_template(name).render(**values)
