"""The engine's own sentences: one catalogue per language, templates with named fields."""

import os
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

_FOLDER = Path(__file__).parent


def language() -> str:
    """The language of the course: ``COURSE_LANGUAGE``, English unless told."""
    return os.environ.get("COURSE_LANGUAGE") or "en"


def catalogue_path(folder: Path) -> Path:
    """The catalogue of ``folder`` in the learner's language; English where there is none yet."""
    wanted = folder / f"{language()}.yaml"
    return wanted if wanted.is_file() else folder / "en.yaml"


def say(key: str, **fields: Any) -> str:
    """The engine's sentence ``key`` (``section.name``) with its fields filled in.

    Raises:
        KeyError: there is no such sentence, or a field of it is missing.
    """
    section, _, name = key.partition(".")
    return str(_catalogue(catalogue_path(_FOLDER))[section][name]).format(**fields)


def engine_misses() -> dict[str, str]:
    """The templates of what a check can say whatever the exercise is, by the id of the miss: ``engine.…``."""
    return {f"engine.{name}": text for name, text in _catalogue(catalogue_path(_FOLDER))["misses"].items()}


def fields_of(template: str) -> set[str]:
    """The names of the fields in ``template``.

    Raises:
        ValueError: the template is malformed, or a field has no name.
    """
    names = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    for name in names:
        if not name.isidentifier():
            raise ValueError(f"{{{name}}} is not a plain field name")
    return names


@cache
def _catalogue(path: Path) -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = yaml.safe_load(path.read_text("utf-8"))
    return content
