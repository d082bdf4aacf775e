"""The reference of :mod:`course.tasks`, from its docstrings: a part for each of its modules."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

from course import tasks

FIRST = ("_guard", "_manager", "_retry", "_transient", "_report")
"""The modules to begin with; the others follow."""


def page() -> str:
    """The page as Markdown, which hands the docstrings to Sphinx."""
    names = dict(_names_by_module())
    ordered = sorted(names, key=lambda module: FIRST.index(module) if module in FIRST else len(FIRST))
    parts = [f"# Reference: course.tasks\n\n{_rst('.. automodule:: course.tasks')}"]
    for module in ordered:
        directives = "\n\n".join(_directive(module, name) for name in names[module])
        parts.append(f"## {_heading(module)}\n\n{_rst(directives)}")
    return "\n\n".join(parts) + "\n"


def _names_by_module() -> Iterator[tuple[str, list[str]]]:
    """The modules that the package imports from, and the names that it takes from each."""
    text = Path(inspect.getfile(tasks)).read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.ImportFrom) and node.level and node.module:
            yield node.module, [alias.name for alias in node.names]


def _heading(module: str) -> str:
    """The first sentence of a module's docstring."""
    said = inspect.getdoc(importlib.import_module(f"course.tasks.{module}")) or module
    return " ".join(said.partition("\n\n")[0].split()).partition(". ")[0].rstrip(".")


def _directive(module: str, name: str) -> str:
    found = getattr(tasks, name)
    if inspect.isclass(found):
        kind = "autoexception" if issubclass(found, BaseException) else "autoclass"
        return f".. {kind}:: course.tasks.{name}\n   :members:"
    if inspect.isfunction(found):
        return f".. autofunction:: course.tasks.{name}"
    return f".. autodata:: course.tasks.{module}.{name}\n   :no-value:"


def _rst(text: str) -> str:
    return f"```{{eval-rst}}\n{text}\n```"
