"""The page of the facts: what the lessons claim about the libraries, how it is measured, where it holds."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from packaging.requirements import Requirement

from course.facts import Cell, Fact, cells_by_fact, find
from course.publish.site._lesson import Cure, Site, raw
from course.publish.site._templates import render


@dataclass(frozen=True)
class _Shown:
    fact: Fact
    how: str
    versions: str
    seen: str
    places: Sequence[Cure]


def page(site: Site, measured: Mapping[str, Any] | None) -> str:
    """The page as Markdown. ``measured`` is what ``course facts --json`` has printed, if it was run."""
    evidence = {
        one["id"]: f"{one['verdict']}: {one['evidence']}" for one in (measured or {}).get("facts", ())
    }
    cells = cells_by_fact()
    by_theme = sorted(find(), key=lambda one: (one.measure.__module__, _number(one.id)))
    parts = [render("facts.md.j2", versions=(measured or {}).get("versions"))]
    for module, group in groupby(by_theme, lambda one: one.measure.__module__):
        shown = [_shown(fact, evidence.get(fact.id, ""), cells.get(fact.id, ()), site) for fact in group]
        html = raw("".join(render("fact.html.j2", shown=each) for each in shown))
        parts.append(f"## {_theme(module)}\n\n{html}\n")
    return "\n".join(parts)


def _number(id: str) -> tuple[str, int, str]:
    digits = "".join(filter(str.isdigit, id))
    return id[:1], int(digits or 0), id


def _theme(module: str) -> str:
    """What a module of facts is about, as its docstring begins."""
    said = inspect.getdoc(importlib.import_module(module)) or module
    return " ".join(said.partition("\n\n")[0].split()).rstrip(".")


def _shown(fact: Fact, seen: str, cells: Sequence[Cell], site: Site) -> _Shown:
    how = " ".join((inspect.getdoc(fact.measure) or "").split())
    places = [_place(cell, site) for cell in cells if cell.notebook in site.pages]
    return _Shown(fact, how, _versions(fact), seen, places)


def _place(cell: Cell, site: Site) -> Cure:
    page = site.pages[cell.notebook]
    heading = site.headings[page].get(cell.id, "")
    return Cure(f"lessons/{page}.html#cell-id={cell.id}", f"{cell.lesson:02} · {heading}")


def _versions(fact: Fact) -> str:
    """Where the claim is known to hold, and where not, in words."""
    holds = ", ".join(map(_requirement, fact.known)) or "every version that the course supports"
    fails = ", ".join(map(_requirement, fact.fails))
    return f"Holds for {holds}" + (f"; does not hold for {fails}" if fails else "")


def _requirement(requirement: Requirement) -> str:
    marker = f" where {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name} {requirement.specifier}".strip() + marker
