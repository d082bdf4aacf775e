"""How the modules of the course may import each other: in one direction, and by public names only.

An import inside a function counts like any other. One under ``if TYPE_CHECKING`` does not make a cycle,
because it is never executed: packages that load their names on first use list them there. It does count as a
use of what is private.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from importlib.util import resolve_name
from pathlib import Path

import grimp
import networkx as nx
import pytest

ROOT = Path(__file__).parents[1]


def cycles(package: str) -> list[list[str]]:
    """The modules that import each other, directly or through others: a list for each knot."""
    graph = grimp.build_graph(package, exclude_type_checking_imports=True, cache_dir=None)
    imports = nx.DiGraph(
        (module, imported)
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
    )
    return sorted(sorted(knot) for knot in nx.strongly_connected_components(imports) if len(knot) > 1)


def private_imports(root: Path, package: str) -> list[str]:
    """``importer: what`` for each import of something private to another package.

    A module or a name that begins with one underscore is private to the package that holds it: modules
    outside of that package must not import it.
    """
    found = []
    for path in sorted((root / package).rglob("*.py")):
        importer = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        for name in _imported(root, path):
            private = _holder_if_private(root, name) if name.split(".")[0] == package else None
            if private is not None and not f"{importer}.".startswith(f"{private}."):
                found.append(f"{importer}: {name}")
    return found


def _imported(root: Path, path: Path) -> Iterator[str]:
    """The full name of everything that a file imports, wherever in the file."""
    package = ".".join(path.parent.relative_to(root).parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _holder_if_private(root: Path, name: str) -> str | None:
    """The package that keeps this name to itself; None for a public name."""
    parts = name.split(".")
    for place, part in enumerate(parts):
        if part.startswith("_") and not part.startswith("__"):
            holder = parts[:place]
            is_module = root.joinpath(*holder).with_suffix(".py").exists()
            return ".".join(holder[:-1] if is_module else holder)
    return None


def test_no_modules_import_each_other() -> None:
    assert cycles("course") == []


def test_what_is_private_stays_in_its_package() -> None:
    assert private_imports(ROOT, "course") == []


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], str]:
    """Writes a package of modules with these texts, and returns its name."""

    def write(modules: dict[str, str]) -> str:
        name = f"planted_{tmp_path.name.replace('-', '_')}"
        for module, text in modules.items():
            path = tmp_path.joinpath(name, module)
            path.parent.mkdir(parents=True, exist_ok=True)
            (path.parent / "__init__.py").touch()
            (tmp_path / name / "__init__.py").touch()
            path.write_text(text.replace("PACKAGE", name), encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        return name

    return write


Plant = Callable[[dict[str, str]], str]
THERE = "from PACKAGE import b\n"


@pytest.mark.parametrize(
    ("back", "count"),
    [
        ("from PACKAGE import a\n", 1),
        ("def late():\n    import PACKAGE.a\n", 1),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from PACKAGE import a\n", 0),
        ("import json\n", 0),
    ],
    ids=["plain", "in a function", "for types only", "none"],
)
def test_a_planted_cycle_is_found(planted: Plant, back: str, count: int) -> None:
    name = planted({"a.py": THERE, "b.py": back})
    assert cycles(name) == [[f"{name}.a", f"{name}.b"]] * count


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("from PACKAGE.x._hidden import name\n", "x._hidden.name"),
        ("from PACKAGE.x import _hidden\n", "x._hidden"),
        ("import PACKAGE.x._hidden\n", "x._hidden"),
        ("def late():\n    from PACKAGE.x.shown import name, _hidden\n", "x.shown._hidden"),
        ("from ..x import _hidden\n", "x._hidden"),
        ("from PACKAGE.x.shown import name\n", None),
        ("from PACKAGE.x import __doc__\n", None),
        ("from PACKAGE.y import _own\nfrom ._own import _name\n", None),
    ],
)
def test_a_planted_use_of_what_is_private_is_found(planted: Plant, text: str, what: str | None) -> None:
    name = planted({"x/_hidden.py": "", "x/shown.py": "", "y/_own.py": "", "y/user.py": text})
    root = Path(sys.path[0])
    assert private_imports(root, name) == ([] if what is None else [f"{name}.y.user: {name}.{what}"])
