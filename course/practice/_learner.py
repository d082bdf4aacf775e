"""A learner's code: the blank ``____`` in it, whether it is still unfinished, which line of it was it."""

import builtins
import contextlib
import dis
import functools
import inspect
import linecache
import re
import traceback
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any, NoReturn

from course.live.signature import signature_of, unwrapped
from course.words import say

# ---- the blank -------------------------------------------------------------------------------------------


class BlankTouched(Exception):
    """A program used a blank ``____`` that is still to be filled in."""

    def __init__(self) -> None:
        super().__init__(say("this blank ____ is still to be filled in: put your own code in its place"))


class Blank:
    """Stands for code that is still to be written; using it in any way raises ``BlankTouched``.

    Passing it on is free, so a cell that only defines something around a blank runs.
    """

    def __repr__(self) -> str:
        return "____"

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("__", "_ipython_", "_repr_")):  # what tools ask of everything that they look at
            raise AttributeError(name)
        touch()


_listeners: list[Callable[[], None]] = []


def when_touched(listener: Callable[[], None]) -> Callable[[], None]:
    """Call ``listener`` whenever a blank is touched; the returned function undoes it."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def touch() -> NoReturn:
    """Note that a blank was used, and refuse."""
    for listener in list(_listeners):
        listener()
    raise BlankTouched


def _refuse(_self: Blank, *_args: Any, **_kwargs: Any) -> NoReturn:
    touch()


# Not listed: what showing, storing and comparing need (repr, str, format, hash, eq).
_OPERATIONS = """
    call await iter next aiter anext enter exit aenter aexit bool len contains getitem setitem delitem
    int float complex index lt le gt ge add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv
    mod rmod pow rpow and rand or ror xor rxor neg pos invert abs round fspath bytes
"""

for _name in _OPERATIONS.split():
    setattr(Blank, f"__{_name}__", _refuse)

____ = Blank()

# ---- the learner's code ----------------------------------------------------------------------------------

_CELL = re.compile(r"<ipython-input-|[/\\]ipykernel_\d+[/\\]")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_LINE_LIMIT = 120


_EVERYWHERE = {"____", "display", "get_ipython"}
"""Names that every cell of a notebook knows."""


class Learner:
    """Tells the learner's code from other code, by the files (cells) that the learner's objects come from."""

    def __init__(self, objects: Iterable[Any]) -> None:
        self._objects = list(objects)
        self._files = {code.co_filename for each in self._objects for code in codes_of(each)}

    def wrote(self, filename: str) -> bool:
        """Whether the code in ``filename`` is the learner's."""
        return filename in self._files or _CELL.search(filename) is not None

    def line_of(self, error: BaseException) -> str | None:
        """Where in the learner's code ``error`` came from, as a sentence; ``None``: not there."""
        place = None
        for each in _inwards(error):
            for frame, line in traceback.walk_tb(each.__traceback__):
                if self.wrote(frame.f_code.co_filename):
                    place = (frame.f_code.co_filename, line)
        return None if place is None else line_in(*place)

    def line_of_summary(self, stack: traceback.StackSummary) -> str | None:
        """The same from a traceback that was kept without its frames."""
        for frame in reversed(stack):
            if frame.lineno is not None and self.wrote(frame.filename):
                return line_in(frame.filename, frame.lineno)
        return None

    def undefined(self) -> tuple[str, str] | None:
        """A function of the learner's and a name that it uses and nobody has defined; ``None``: no such name.

        Python finds that out only when it comes to the line, and who catches every exception never sees it.
        """
        functions = list(self._functions())
        somewhere_set = {name for each in functions for name in _globals_set(each.__code__)}
        for function in functions:
            for name, user in _globals_read(function.__code__).items():
                known = name in function.__globals__ or name in somewhere_set or name in _EVERYWHERE
                if not known and not hasattr(builtins, name):
                    return user, name
        return None

    def _functions(self) -> Iterator[Any]:
        """The functions of the learner's objects, and those of the learner's that these use."""
        todo, seen = [each for thing in self._objects for each in _with_code(thing)], set()
        while todo:
            function = todo.pop(0)
            known = getattr(function, "__globals__", None)
            if function.__code__ in seen or not isinstance(known, dict):
                continue
            seen.add(function.__code__)
            yield function
            used = [known[name] for name in _globals_read(function.__code__) if name in known]
            others = [each for thing in used + _closed_over(function) for each in _with_code(thing)]
            todo += [each for each in others if self.wrote(each.__code__.co_filename)]

    def busy_in(self, frames: Iterable[FrameType]) -> str | None:
        """The name of the learner's outermost function that one of ``frames`` is in."""
        for frame in frames:
            names = [f.f_code.co_name for f in _outwards(frame) if self.wrote(f.f_code.co_filename)]
            if names:
                return names[-1]
        return None


def line_in(filename: str, line: int) -> str:
    """A sentence about that line of a learner's code."""
    code = linecache.getline(filename, line).strip()
    return say("That was at line {line} of your code: `{code}`.", line=line, code=_shorten(code))


def in_a_library() -> str:
    """What stands for the line where none is the learner's."""
    return say("That was inside a library that your code calls.")


def describe(error: BaseException) -> str:
    """An exception in one line of markup, the same on every run; of a group the first that is in it."""
    inner = innermost(error)
    text = " ".join(_ADDRESS.sub("", str(inner)).split())
    name = type(inner).__name__
    said = f"`{_shorten(f'{name}: {text}' if text else name)}`"
    if inner is error:
        return said
    return say("`{group}` with {error} in it", group=type(error).__name__, error=said)


def shown(value: object) -> str:
    """A value of the learner's as it would be written, in one line of bearable length, the same on every run.

    So a text and a number do not look alike, as "5" and 5, and an object has no address.
    """
    try:
        written = repr(value)
    except Exception:  # whatever a __repr__ of the learner's own may raise
        written = f"<{type(value).__name__}>"
    return _shorten(" ".join(_ADDRESS.sub("", written).split()))


def innermost(error: BaseException) -> BaseException:
    """The exception; of a group (of a TaskGroup) the first one that is not a group itself."""
    *_, inner = _inwards(error)
    return inner


def _inwards(error: BaseException) -> Iterator[BaseException]:
    """The exception; if it is a group (of a TaskGroup), then the first one in it, and so on."""
    yield error
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
        yield error


def what_is(thing: Any) -> str:
    """What a value is, in a few words."""
    if thing is None:
        return "`None`"
    if inspect.isclass(thing):
        return say("the class `{name}`", name=thing.__name__)
    if inspect.isroutine(thing):
        return say("the function `{name}`", name=thing.__name__)
    if inspect.iscoroutine(thing):
        return say("a coroutine")
    if isinstance(thing, ModuleType):
        return say("the module `{name}`", name=thing.__name__)
    if is_app(thing):
        return say("an application (`{type}`)", type=type(thing).__name__)
    return say("an object of type `{type}`", type=type(thing).__name__)


def is_app(thing: Any) -> bool:
    """Whether a server can run it: something that is awaited with scope, receive and send."""
    if inspect.isclass(thing):
        return False
    call = thing if inspect.isroutine(thing) else getattr(thing, "__call__", None)  # noqa: B004
    if not inspect.iscoroutinefunction(call):
        return False
    signature = signature_of(call)
    return signature is not None and len(signature.parameters) == 3


def has_blank(thing: Any) -> bool:
    """Whether ``thing`` is a blank ``____`` or its code still holds one."""
    if isinstance(thing, Blank):
        return True
    return any(
        instruction.argval == "____"
        for code in codes_of(thing)
        for part in _nested(code)
        for instruction in dis.get_instructions(part)
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    )


def is_starter(name: str, thing: Any, starter: str) -> bool:
    """Whether ``thing`` is what the starter program defines under ``name``, unchanged."""
    if isinstance(thing, Blank) or thing is None or thing is ...:
        return True
    mine = [(code.co_name, code) for code in codes_of(thing)]
    if not mine:
        return False
    given = {code.co_name: code for code in _nested(compile(starter, "starter.py", "exec"))}
    if inspect.isclass(thing):
        body = given.get(name)
        given = {code.co_name: code for code in _constants(body)} if body else {}
    return all(key in given and _same(code, given[key]) for key, code in mine)


def codes_of(thing: Any) -> list[CodeType]:
    """The code of a function, or of each method of a class."""
    return [each.__code__ for each in _with_code(thing)]


def _with_code(thing: Any) -> list[Any]:
    """A function, or each method of a class."""
    while isinstance(thing, functools.partial):
        thing = thing.func
    if inspect.isclass(thing):
        return [function for member in vars(thing).values() for function in _of_member(member)]
    function = unwrapped(thing) if type(thing) is FunctionType else thing
    return [function] if type(function) in (FunctionType, MethodType) else []  # others may only pretend


def _of_member(member: Any) -> list[Any]:
    if isinstance(member, property):
        return _with_code(member.fget)
    return _with_code(getattr(member, "__func__", member)) if not inspect.isclass(member) else []


def _closed_over(function: Any) -> list[Any]:
    kept = []
    for cell in getattr(function, "__closure__", None) or ():
        with contextlib.suppress(ValueError):  # it is still empty
            kept.append(cell.cell_contents)
    return kept


def _globals_read(code: CodeType) -> dict[str, str]:
    """The global names that this code reads, each with the function that reads it first.

    Not what is asked for only if it is there: where ``NameError`` is caught or ``globals`` called.
    """
    names = _named(code, "LOAD_GLOBAL", "LOAD_NAME")
    # Python 3.14 looks up the types in __annotate__ only when somebody asks for them.
    if code.co_name == "__annotate__" or {*names} & {"NameError", "globals"}:
        return {}
    own = _named(code, "STORE_NAME")
    read = {name: code.co_name for name in names if name not in own}
    for part in _constants(code):
        read = _globals_read(part) | read
    return read


def _globals_set(code: CodeType) -> set[str]:
    return {name for part in _nested(code) for name in _named(part, "STORE_GLOBAL")}


def _named(code: CodeType, *instructions: str) -> list[str]:
    return [each.argval for each in dis.get_instructions(code) if each.opname in instructions]


def _constants(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in _constants(code):
        yield from _nested(constant)


def _same(one: CodeType, other: CodeType) -> bool:
    """Whether two code objects do the same thing; their place in a file does not count."""
    return (
        one.co_code == other.co_code
        and (one.co_names, one.co_varnames, one.co_freevars, one.co_cellvars)
        == (other.co_names, other.co_varnames, other.co_freevars, other.co_cellvars)
        and len(one.co_consts) == len(other.co_consts)
        and all(
            _same(a, b)
            if isinstance(a, CodeType) and isinstance(b, CodeType)
            else (type(a), a) == (type(b), b)
            for a, b in zip(one.co_consts, other.co_consts, strict=True)
        )
    )


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _shorten(text: str) -> str:
    text = text.replace("`", "'")
    return text if len(text) <= _LINE_LIMIT else text[: _LINE_LIMIT - 1] + "…"
