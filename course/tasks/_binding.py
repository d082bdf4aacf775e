"""Which parameter of a task gets which dependency's result: decided once, when the task is added."""

import builtins
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from types import FunctionType, MethodType
from typing import Any, NamedTuple

from ._errors import SignatureMismatch
from ._guard import can_await, is_async, is_generator, name_of

Arguments = tuple[tuple[Any, ...], dict[str, Any]]
_AS_TEXT: dict[str, Any] = {}  # annotations may name what is imported for type checkers only
if sys.version_info >= (3, 14):
    import annotationlib

    _AS_TEXT["annotation_format"] = annotationlib.Format.STRING

_TEXT = {
    "counts": "the results of {results} are left for the parameters {parameters}; "
    "give parameters the names of dependencies, or have as many of both",
    "options": "the results of {results} are left, and the parameters that are left have defaults: "
    "{parameters}; give one the name of its dependency, or fix it with kwargs",
    "missing": "nothing delivers {parameters}",
}
_IN_C = tuple(map(type, (len, [].append, [].__len__, list.append, list.__len__, dict.__dict__["fromkeys"])))
_BUILTINS = {id(builtin) for builtin in vars(builtins).values()}
_ANY = inspect.Signature(
    [
        inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL),
        inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD),
    ]
)


class Slot(NamedTuple):
    """Stands where the result of the dependency at this position will be passed."""

    position: int


class Shape:
    """What has to be known about a function: whether it is async or a generator, and its parameters.

    It is read once for each function, from its code if that says it all: `inspect` takes ten times as long.
    """

    def __init__(self, func: Callable[..., Any], plain: bool) -> None:
        self.func = func
        self.takes_all = False  # its parameters are (*args)
        self.names: tuple[str, ...] | None = None  # of its parameters, if each needs a value and takes any
        if not plain:
            self.is_async, self.is_generator = is_async(func), is_generator(func)
            code = getattr(func, "__code__", None) if type(func) is MethodType else None
            self.may_await = self.is_async and not (code and code.co_flags & inspect.CO_COROUTINE)
            return
        code, flags = func.__code__, func.__code__.co_flags
        self.may_await = False  # it looks async, and only a call shows whether there is something to await
        self.is_async = bool(flags & inspect.CO_COROUTINE)
        self.is_generator = bool(flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR))
        if flags & inspect.CO_VARARGS:
            self.takes_all = not (code.co_argcount or code.co_kwonlyargcount)
        elif not (
            func.__defaults__
            or code.co_kwonlyargcount
            or code.co_posonlyargcount
            or flags & inspect.CO_VARKEYWORDS
        ):
            self.names = code.co_varnames[: code.co_argcount]

    @cached_property
    def signature(self) -> inspect.Signature:
        """The parameters in full; any, of builtins and of functions in C: each Python tells of other ones."""
        if type(self.func) in _IN_C or id(self.func) in _BUILTINS:
            return _ANY
        try:
            return inspect.signature(self.func, **_AS_TEXT)
        except Exception:  # other classes in C may have none
            return _ANY


def awaits(func: Callable[..., Any]) -> Callable[..., Any]:
    """`func` as an async function, which awaits what `func` returns if it can."""

    async def call(*results: Any) -> Any:
        value = func(*results)
        return await value if can_await(value) else value

    call.__wrapped__ = func  # type: ignore[attr-defined]
    return call


def match(names: Sequence[str], dependencies: Sequence[str]) -> tuple[int, ...] | None:
    """What `bind` finds if each parameter needs a value and takes any; None if that does not work out."""
    missing = [name for name in names if name not in dependencies]
    rest = [k for k, name in enumerate(dependencies) if name not in names]
    if missing and len(missing) != len(rest):
        return None
    left = iter(rest)
    return tuple([next(left) if name in missing else dependencies.index(name) for name in names])


def bind(
    task: str,
    func: Callable[..., Any],
    signature: inspect.Signature,
    dependencies: Sequence[str],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
) -> tuple[Callable[..., Any], tuple[int, ...]]:
    """-> what to call, and the positions of the dependencies whose results it is called with.

    Each result goes to the parameter that is named like its dependency. Results that are left go, in the
    declared order, to the required parameters that are left, or to ``*args``, or by name to ``**kwargs``;
    parameters that can only be passed by position take them even if they have defaults. If no parameter is
    left, they are not passed: the task waits for these dependencies and gets nothing.

    Raises SignatureMismatch if their numbers differ, if only parameters with defaults are left, which may be
    meant for them or not, or if `args` and `kwargs` do not fit.
    """

    def mismatch(
        problem: str, left: Iterable[Slot] = (), parameters: Iterable[str] = ()
    ) -> SignatureMismatch:
        if problem in _TEXT:
            results = ", ".join(repr(dependencies[slot.position]) for slot in left)
            problem = _TEXT[problem].format(results=results, parameters=", ".join(map(repr, parameters)))
        return SignatureMismatch(task=task, function=name_of(func), signature=signature, problem=problem)

    try:
        bound = signature.bind_partial(*args, **kwargs)
    except TypeError as error:
        raise mismatch(str(error)) from None
    given = bound.arguments
    star = stars = None
    free: dict[str, inspect.Parameter] = {}
    for name, p in signature.parameters.items():
        if p.kind is p.VAR_POSITIONAL:
            star = name
        elif p.kind is p.VAR_KEYWORD:
            stars = name
        elif name not in given:
            free[name] = p

    rest: list[Slot] = []
    for position, name in enumerate(dependencies):
        if name in free and free[name].kind is not inspect.Parameter.POSITIONAL_ONLY:
            given[name] = Slot(position)
            del free[name]
        elif name not in kwargs:
            rest.append(Slot(position))
    needy = [n for n, p in free.items() if p.kind is not p.KEYWORD_ONLY and (star or p.default is p.empty)]
    if not star:
        only = [n for n, p in free.items() if p.kind is p.POSITIONAL_ONLY and n not in needy]
        needy += only[: max(len(rest) - len(needy), 0)]
    if star:
        given.update(zip(needy, rest, strict=False))
        if extra := rest[len(needy) :]:
            given[star] = (*given.get(star, ()), *extra)
    elif len(needy) == len(rest):
        given.update(zip(needy, rest, strict=True))
    elif needy and rest:
        raise mismatch("counts", rest, needy)
    elif stars:
        given[stars] = {**given.get(stars, {}), **{dependencies[slot.position]: slot for slot in rest}}
    elif rest and (options := [n for n in free if not isinstance(func, partial) or n not in func.keywords]):
        raise mismatch("options", rest, options)
    if missing := [n for n, p in free.items() if n not in given and p.default is p.empty]:
        raise mismatch("missing", (), missing)
    return _caller(func, bound.args, bound.kwargs)


def _caller(
    func: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Callable[..., Any], tuple[int, ...]]:
    """`func` with `args` and `kwargs`, as a function of the results that go into their slots."""
    positions = tuple(v.position for v in (*args, *kwargs.values()) if isinstance(v, Slot))
    if not kwargs and len(positions) == len(args):
        return func, positions

    return _Call(func, args, kwargs), positions


class _Call:
    """A function of the results that go into the slots among the arguments of another."""

    def __init__(self, func: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        self._func, self._args, self._kwargs = func, args, kwargs

    def __call__(self, *results: Any) -> Any:
        args, kwargs = self.arguments(results)
        return self._func(*args, **kwargs)

    def arguments(self, results: Sequence[Any]) -> Arguments:
        result = iter(results)
        args = tuple(next(result) if isinstance(v, Slot) else v for v in self._args)
        return args, {n: next(result) if isinstance(v, Slot) else v for n, v in self._kwargs.items()}


def arguments(call: Callable[..., Any], results: Sequence[Any]) -> Arguments:
    """What a task's own function gets when its `call` gets the results."""
    if type(call) is FunctionType:
        call = call.__dict__.get("__wrapped__", call)
    return call.arguments(results) if type(call) is _Call else (tuple(results), {})
