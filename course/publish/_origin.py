"""From which code a cell's picture comes: the cell, and the code above that it builds on.

A picture shows real times, which nbval does not compare, so refresh keeps it until this code changes. What a
cell builds on is followed through the names at the top level of the notebook: who binds a name (a definition,
an assignment, an import) and who changes what it stands for (``app.state.x = 1``, ``@app.get(...)``,
``calls.append(1)``). Being passed to a function does not count as a change.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from course.notebook import Node, source, strings
from course.publish._unstable import sanitise

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass
class Statement:
    """One statement at the top level of a notebook, or one name of an import."""

    text: str
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    now: set[str] = field(default_factory=set)
    """What it uses when it runs."""
    later: set[str] = field(default_factory=set)
    """What the functions in it use when they are called."""


def statements(code: str) -> list[Statement]:
    """The statements of a cell; a single one that uses nothing if this Python cannot parse the cell."""
    try:
        body = ast.parse(code).body
    except SyntaxError:
        return [Statement(code)]
    return [found for node in body for found in _read(node, code)]


def _read(node: ast.stmt, code: str) -> Iterator[Statement]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        origin = f"from {'.' * node.level}{node.module} " if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            yield Statement(f"{origin}import {alias.name} as {name}", binds={name})
        return
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    statement = Statement("\n".join(code.splitlines()[first - 1 : node.end_lineno]))
    _note(node, statement)
    yield statement


def _note(node: ast.AST, into: Statement) -> None:
    """Note what ``node`` binds, changes and uses."""
    body = _scope(node)
    inside = Statement("")
    for child in body:
        _note(child, inside)
    if isinstance(node, _Function):
        own = inside.binds | {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
        into.later |= (inside.now | inside.later) - own
    else:
        into.now |= inside.now - inside.binds
        into.later |= inside.later - inside.binds
        into.changes |= inside.changes - inside.binds
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        into.binds.add(node.name)
    elif isinstance(node, ast.Import | ast.ImportFrom):
        into.binds |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        into.binds.add(node.id)
    elif isinstance(node, ast.Name) and node.id not in into.binds:
        into.now.add(node.id)
    elif isinstance(node, ast.AugAssign):
        into.now |= _root(node.target)
    elif isinstance(node, ast.ExceptHandler) and node.name:
        into.binds.add(node.name)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        into.changes |= _root(node.func)
    elif isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        into.changes |= _root(node)
    for child in _in_order(node):
        if child not in body:
            _note(child, into)


def _scope(node: ast.AST) -> list[ast.AST]:
    """The children of ``node`` whose names are its own: the body of a function or class, a comprehension."""
    if isinstance(node, ast.Lambda):
        return [node.body]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return list(node.body)
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        return list(ast.iter_child_nodes(node))
    return []


def _in_order(node: ast.AST) -> list[ast.AST]:
    """The children of ``node`` as they are evaluated: a value before the names that it is bound to."""
    first = getattr(node, "iter", None) or getattr(node, "value", None)
    return sorted(ast.iter_child_nodes(node), key=lambda child: child is not first)


def _root(node: ast.AST) -> set[str]:
    """The name in which a chain of attributes, subscripts and calls of methods begins."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return set()
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def has_picture(cell: Node) -> bool:
    """Whether a picture with the times of one run is stored in the cell."""
    return any(sanitise(text) != text for output in cell["outputs"] for _, text in strings(output))


def origin(cells: Sequence[Node], position: int) -> str:
    """A digest of the code that the output of the code cell at ``position`` of ``cells`` comes from."""
    above = [found for cell in cells[:position] for found in statements(source(cell))]
    own = statements(source(cells[position]))
    lines = [*above, *own]
    chosen = set(range(len(above), len(lines)))
    wanted = [(name, at) for at in chosen for name in lines[at].now] + _later(own, len(lines))
    seen: set[tuple[str, int]] = set()
    while wanted:
        need = wanted.pop()
        if need in seen:
            continue
        seen.add(need)
        for at in _makers(lines, *need):
            if at not in chosen:
                chosen.add(at)
                wanted += [(name, at) for name in lines[at].now]
                wanted += _later([lines[at]], len(lines))
    digest = hashlib.sha256(source(cells[position]).encode())
    for at in sorted(chosen & set(range(len(above)))):
        digest.update(b"\0" + lines[at].text.encode())
    return digest.hexdigest()[:16]


def _later(found: Sequence[Statement], end: int) -> list[tuple[str, int]]:
    """What functions need when they are called, which is at the end at the latest."""
    return [(name, end) for statement in found for name in statement.later]


def _makers(lines: Sequence[Statement], name: str, before: int) -> Iterator[int]:
    """The statements that make what ``name`` stands for before statement ``before``."""
    for at in reversed(range(before)):
        if name in lines[at].binds:
            yield at
            return
        if name in lines[at].changes:
            yield at
