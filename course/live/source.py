"""Show the source of an installed package, or of the course itself, in a cell."""

from __future__ import annotations

import ast
import inspect
import textwrap
from pathlib import Path
from typing import Any

from course.words import say


class Source:
    """A piece of source: plain as text, highlighted where that is possible."""

    def __init__(self, text: str, title: str) -> None:
        self.text = text
        self.title = title

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:  # noqa: ARG002
        fence = "```"
        while fence in self.text:
            fence += "`"
        return {
            "text/plain": self.text,
            "text/markdown": f"`{self.title}`\n{fence}python\n{self.text}\n{fence}",
        }


def show_source(obj: Any, *, lines: tuple[int, int] | None = None, strip_docstring: bool = False) -> Source:
    """The source of a function, a class or a module, as it is installed here; or a file of Python.

    Args:
        obj: what to show; a pathlib.Path for a file, which is not imported for that.
        lines: the first and the last line to show, counted from 1 within the source of `obj`, without what
            `strip_docstring` took away.
        strip_docstring: leave out the docstrings, which are long in some libraries.

    Raises:
        LookupError: there is no source, or it does not have these lines.
    """
    name = getattr(obj, "__qualname__", getattr(obj, "__name__", repr(obj)))
    if isinstance(obj, Path):
        name = obj.name
    try:
        text = (
            obj.read_text(encoding="utf-8").rstrip()
            if isinstance(obj, Path)
            else textwrap.dedent(inspect.getsource(obj)).rstrip()
        )
    except (OSError, TypeError):
        raise LookupError(
            say(
                "There is no source to show for {name}: it is not Python, or was made at run time.", name=name
            )
        ) from None
    if strip_docstring:
        text = _without_docstrings(text)
    if lines is not None:
        text = _cut(text, lines, name)
    return Source(text, _title(obj, name))


def _cut(text: str, lines: tuple[int, int], name: str) -> str:
    all_lines = text.splitlines()
    first, last = lines
    if not 1 <= first <= last <= len(all_lines):
        raise LookupError(
            say(
                "{name} has lines 1 to {last}; {lines} is not within them.",
                name=name,
                last=len(all_lines),
                lines=f"{first}-{last}",
            )
        )
    return textwrap.dedent("\n".join(all_lines[first - 1 : last]))


def _without_docstrings(text: str) -> str:
    """Leave out the docstrings of the piece and of everything in it; a body must not become empty."""
    lines = text.splitlines()
    drop: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if len(node.body) > 1 else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                end = first.end_lineno or first.lineno
                drop.update(range(first.lineno, end + 1))
                while end < len(lines) and not lines[end].strip():
                    end += 1
                    drop.add(end)
    return "\n".join(line for number, line in enumerate(lines, 1) if number not in drop)


def _title(obj: Any, name: str) -> str:
    """``starlette/background.py: BackgroundTask.__call__``: where to look, on any machine."""
    module = obj.__name__ if inspect.ismodule(obj) else getattr(obj, "__module__", None) or ""
    if isinstance(obj, Path) or module in {"", "__main__"}:
        return name
    path = module.replace(".", "/") + ".py"
    return path if inspect.ismodule(obj) else f"{path}: {name}"
