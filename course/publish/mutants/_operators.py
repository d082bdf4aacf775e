"""The mutants of a program: its text with one small change, of the kinds that people make by mistake.

The changes are made in LibCST's tree, so the rest of the text stays as it is, and a mutant is the same on
every Python. What a check never sees is left alone: annotations, docstrings, imports, the words of errors.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider


@dataclass(frozen=True)
class Change:
    """One change of a program: the text that comes of it, and what it looks like in its line."""

    source: str
    line: int
    was: str
    now: str


def changes(source: str) -> Iterator[Change]:
    """Every change of that program that Python can read, in the order of its lines, each text once.

    Raises:
        libcst.ParserSyntaxError: it is no program.
    """
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    parents = wrapper.resolve(ParentNodeProvider)
    collector = _Collector(parents)
    wrapper.module.visit(collector)
    seen = {source}
    for old, new in collector.found:
        text = _text_with(parents, old, new)
        if text is not None and text not in seen and _compiles(text):
            seen.add(text)
            yield _described(source, text)


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _described(source: str, text: str) -> Change:
    """The change with the first line that it touches."""
    old, new = source.splitlines(), text.splitlines()
    first = next(
        (place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    rest = 0
    while rest < min(len(old), len(new)) - first and old[-1 - rest] == new[-1 - rest]:
        rest += 1
    was, now = old[first : len(old) - rest], new[first : len(new) - rest]
    return Change(text, first + 1, _short(was), _short(now))


def _short(lines: Sequence[str]) -> str:
    lines = [line.strip() for line in lines]
    return " ⏎ ".join([*lines[:3], "…"] if len(lines) > 3 else lines)


_New = cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.BaseStatement]


def _text_with(parents: Mapping[cst.CSTNode, cst.CSTNode], old: cst.CSTNode, new: _New) -> str | None:
    """The text of the program with that change; ``None`` if Python's grammar has no such thing."""
    try:
        while old in parents:
            parent = parents[old]
            old, new = parent, _replaced(parent, old, new)
    except cst.CSTValidationError:
        return None
    assert isinstance(new, cst.Module)
    return new.code


def _replaced(parent: cst.CSTNode, old: cst.CSTNode, new: _New) -> cst.CSTNode:
    """The parent with something else in the place of a child."""
    for name in parent.__dataclass_fields__:
        value = getattr(parent, name)
        if value is old:
            return parent.with_changes(**{name: new})
        if isinstance(value, list | tuple) and any(each is old for each in value):
            parts = [part for each in value for part in (_parts(new) if each is old else [each])]
            return parent.with_changes(**{name: parts})
    raise LookupError(f"{type(old).__name__} is no child of {type(parent).__name__}")


def _parts(new: _New) -> Iterable[cst.CSTNode]:
    if isinstance(new, cst.RemovalSentinel):
        return []
    return new if isinstance(new, cst.FlattenSentinel) else [new]


_SWAPPED: dict[type[cst.CSTNode], tuple[type[cst.CSTNode], ...]] = {
    cst.LessThan: (cst.LessThanEqual, cst.GreaterThan),
    cst.LessThanEqual: (cst.LessThan, cst.GreaterThanEqual),
    cst.GreaterThan: (cst.GreaterThanEqual, cst.LessThan),
    cst.GreaterThanEqual: (cst.GreaterThan, cst.LessThanEqual),
    cst.Equal: (cst.NotEqual,),
    cst.NotEqual: (cst.Equal,),
    cst.In: (cst.NotIn,),
    cst.NotIn: (cst.In,),
    cst.Is: (cst.IsNot,),
    cst.IsNot: (cst.Is,),
    cst.And: (cst.Or,),
    cst.Or: (cst.And,),
    cst.Add: (cst.Subtract,),
    cst.Subtract: (cst.Add,),
    cst.Multiply: (cst.Divide,),
    cst.Divide: (cst.Multiply,),
    cst.FloorDivide: (cst.Multiply,),
    cst.Modulo: (cst.FloorDivide,),
    cst.Power: (cst.Multiply,),
    cst.BitOr: (cst.BitAnd,),
    cst.BitAnd: (cst.BitOr,),
    cst.AddAssign: (cst.SubtractAssign,),
    cst.SubtractAssign: (cst.AddAssign,),
    cst.BitOrAssign: (cst.BitAndAssign,),
}
_NEGATIONS = (cst.Equal, cst.NotEqual, cst.In, cst.NotIn, cst.Is, cst.IsNot)

_NEVER_SEEN = (cst.Annotation, cst.Import, cst.ImportFrom, cst.FormattedString, cst.ConcatenatedString)
_ATOMS = (
    cst.Name,
    cst.Call,
    cst.Attribute,
    cst.Subscript,
    cst.Integer,
    cst.Float,
    cst.SimpleString,
    cst.List,
)

_RENAMED = {
    "True": "False",
    "False": "True",
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "sorted": "list",
    "reversed": "list",
    "set": "list",
}
_METHODS = {"popleft": "pop", "appendleft": "append"}


class _Collector(cst.CSTVisitor):
    """Every change, as a node and what takes its place."""

    def __init__(self, parents: Mapping[cst.CSTNode, cst.CSTNode]) -> None:
        super().__init__()
        self.found: list[tuple[cst.CSTNode, _New]] = []
        self._parents = parents

    def _add(self, old: cst.CSTNode, *new: _New) -> None:
        self.found += [(old, each) for each in new]

    # ---- operators ---------------------------------------------------------------------------------------

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _NEVER_SEEN):
            return False
        for kind in _SWAPPED.get(type(node), ()):
            self._add(node, _like(node, kind))
        return super().on_visit(node)

    def visit_Integer(self, node: cst.Integer) -> None:
        value = node.evaluated_value
        less = f"{value - 1}" if value else "(-1)"
        self._add(node, _parsed(f"{value + 1}"), _parsed(less))

    def visit_Float(self, node: cst.Float) -> None:
        self._add(node, _parsed(repr(node.evaluated_value * 2)), _parsed(repr(node.evaluated_value / 2)))

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        if not isinstance(self._parents[node], cst.Expr):
            end = len(node.value) - len(node.quote)
            self._add(node, node.with_changes(value=f"{node.value[:end]}x{node.quote}"))

    def visit_Name(self, node: cst.Name) -> None:
        parent = self._parents[node]
        names_an_argument = isinstance(parent, cst.Arg) and parent.keyword is node
        renamed = _METHODS if isinstance(parent, cst.Attribute) and parent.attr is node else _RENAMED
        if node.value in renamed and not names_an_argument:
            self._add(node, node.with_changes(value=renamed[node.value]))

    def visit_UnaryOperation(self, node: cst.UnaryOperation) -> None:
        self._add(node, _grouped(node.expression))

    def visit_BooleanOperation(self, node: cst.BooleanOperation) -> None:
        self._add(node, _grouped(node.left), _grouped(node.right))

    def visit_Await(self, node: cst.Await) -> None:
        self._add(node, _grouped(node.expression))

    def visit_If(self, node: cst.If) -> None:
        self._negate(node.test)
        if not isinstance(self._parents[node], cst.If):
            self._drop(node)
            self._add(node, _block(node.body))

    def visit_While(self, node: cst.While) -> None:
        self._negate(node.test)
        self._drop(node)
        self._add(node, _block(node.body))

    def visit_For(self, node: cst.For) -> None:
        self._drop(node)
        if node.asynchronous is None:
            self._backwards(node.iter)

    def visit_IfExp(self, node: cst.IfExp) -> None:
        self._add(node, _grouped(node.body), _grouped(node.orelse))

    def visit_CompFor(self, node: cst.CompFor) -> None:
        if node.asynchronous is None:
            self._backwards(node.iter)
        for condition in node.ifs:
            self._negate(condition.test)
            self._add(condition, cst.RemoveFromParent())

    def visit_With(self, node: cst.With) -> None:
        self._add(node, _block(node.body))
        if len(node.items) > 1:
            for place in range(len(node.items)):
                self._add(node, node.with_changes(items=_without(node.items, place)))

    def visit_Try(self, node: cst.Try) -> None:
        self._add(node, _block(node.body))
        if node.finalbody is not None and node.handlers:
            self._add(node, node.with_changes(finalbody=None))
        if node.finalbody is not None:
            self._add(node.finalbody, node.finalbody.with_changes(body=_pass()))
        if node.orelse is not None:
            self._add(node, node.with_changes(orelse=None))
        for place, handler in enumerate(node.handlers):
            if len(node.handlers) > 1:
                kept = [*node.handlers[:place], *node.handlers[place + 1 :]]
                self._add(node, node.with_changes(handlers=kept))
            if not _is_pass(handler.body):
                self._add(handler, handler.with_changes(body=_pass()))

    def visit_ExceptHandler(self, node: cst.ExceptHandler) -> None:
        for kind in ("Exception", "BaseException", "ValueError"):
            if node.type is not None and not node.type.deep_equals(cst.Name(kind)):
                self._add(node.type, cst.Name(kind))

    def visit_Raise(self, node: cst.Raise) -> bool:
        self._add(node, cst.Pass())
        raised = node.exc.func if isinstance(node.exc, cst.Call) else node.exc
        if raised is not None and isinstance(node.exc, cst.Call):
            self._add(raised, cst.Name("Exception"))
        if node.cause is not None:
            self._add(node, node.with_changes(cause=None))
        return False  # what else it holds are words

    def visit_Call(self, node: cst.Call) -> None:
        dropped = len(node.args) > 1 or getattr(getattr(node.func, "attr", None), "value", "") == "pop"
        for place, argument in enumerate(node.args):
            if dropped or argument.keyword is not None:
                self._add(node, node.with_changes(args=_without(node.args, place)))

    def visit_Dict(self, node: cst.Dict) -> None:
        for place in range(len(node.elements)):
            self._add(node, node.with_changes(elements=_without(node.elements, place)))

    def visit_List(self, node: cst.List) -> None:
        for place in range(len(node.elements)):
            self._add(node, node.with_changes(elements=_without(node.elements, place)))

    def visit_Return(self, node: cst.Return) -> None:
        if node.value is None:
            self._add(node, cst.Pass())
        elif not node.value.deep_equals(cst.Name("None")):
            self._add(node, cst.Return(cst.Name("None")))

    def visit_Break(self, node: cst.Break) -> None:
        self._add(node, cst.Continue(), cst.Pass())

    def visit_Continue(self, node: cst.Continue) -> None:
        self._add(node, cst.Break(), cst.Pass())

    def visit_Expr(self, node: cst.Expr) -> None:
        if not isinstance(node.value, cst.SimpleString | cst.ConcatenatedString):
            self._add(node, cst.Pass())

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._add(node, cst.Pass())

    def visit_Del(self, node: cst.Del) -> None:
        self._add(node, cst.Pass())

    def visit_Assign(self, node: cst.Assign) -> None:
        if not any(isinstance(each.target, cst.Name) for each in node.targets):
            self._add(node, cst.Pass())

    def visit_Decorator(self, node: cst.Decorator) -> None:
        self._add(node, cst.RemoveFromParent())

    # ---- parts of them -----------------------------------------------------------------------------------

    def _negate(self, test: cst.BaseExpression) -> None:
        swapped = isinstance(test, cst.Comparison) and len(test.comparisons) == 1
        if swapped and isinstance(test.comparisons[0].operator, _NEGATIONS):  # type: ignore[attr-defined]
            return  # swapping it is the same
        if not isinstance(test, cst.UnaryOperation):
            self._add(test, cst.UnaryOperation(cst.Not(), _grouped(test)))

    def _backwards(self, iterable: cst.BaseExpression) -> None:
        call = cst.Call(cst.Name("list"), [cst.Arg(iterable)])
        self._add(iterable, cst.Call(cst.Name("reversed"), [cst.Arg(call)]))

    def _drop(self, statement: cst.BaseCompoundStatement) -> None:
        self._add(statement, cst.SimpleStatementLine([cst.Pass()]))


def _like(node: cst.CSTNode, kind: type[cst.CSTNode]) -> cst.CSTNode:
    """Another operator with the same spaces around it."""
    spaces = ("whitespace_before", "whitespace_after")
    return kind(**{name: getattr(node, name) for name in spaces if hasattr(node, name)})


def _parsed(text: str) -> cst.BaseExpression:
    return cst.parse_expression(text)


def _grouped(expression: cst.BaseExpression) -> cst.BaseExpression:
    """The expression in parentheses, unless it has some or needs none."""
    if expression.lpar or isinstance(expression, _ATOMS):
        return expression
    return expression.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _block(body: cst.BaseSuite) -> _New:
    """What a block holds, in the place of its statement."""
    if isinstance(body, cst.IndentedBlock):
        return cst.FlattenSentinel(body.body)
    assert isinstance(body, cst.SimpleStatementSuite)
    return cst.SimpleStatementLine(body.body)


def _pass() -> cst.IndentedBlock:
    return cst.IndentedBlock([cst.SimpleStatementLine([cst.Pass()])])


def _is_pass(body: cst.BaseSuite) -> bool:
    return len(body.body) == 1 and "pass" in cst.Module([]).code_for_node(body).split()


def _without(parts: Sequence[cst.CSTNode], place: int) -> list[cst.CSTNode]:
    """The parts without one of them; no comma is left at the end."""
    kept = [*parts[:place], *parts[place + 1 :]]
    if kept and place == len(kept):
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return kept
