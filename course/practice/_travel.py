"""Taking a learner's program, by value, from the notebook to the process in which its check runs.

Functions and classes of a notebook belong to no module that could be imported elsewhere, so they are
pickled with their code and with the globals that they use (cloudpickle). What belongs to one process and has
a meaningful beginning, such as a lock or a pool of threads, arrives as a new one; what has none, such as a
connection or a running server, cannot travel, and the answer names it.
"""

import ast
import asyncio
import collections
import contextvars
import copyreg
import functools
import inspect
import io
import itertools
import linecache
import marshal
import pickle
import queue
import re
import ssl
import subprocess
import sys
import threading
import types
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, ClassVar, cast
from unittest import mock

import cloudpickle

from course.live.signature import unwrapped
from course.practice._learner import codes_of, describe
from course.words import say

_NAME = re.compile(r"[A-Za-z_]\w*")


class CannotTravel(Exception):
    """Something that the program uses belongs to the process of the notebook.

    Args:
        name: what it is called in the notebook.
        why: why it cannot go to another process, and what to write instead: sentences.
    """

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


def pack(wanted: Mapping[str, Any], **more: Any) -> bytes:
    """The objects of ``wanted`` with all that they use, and ``more`` of the engine's own, as bytes.

    Raises:
        CannotTravel: one of the learner's globals cannot be taken along. Those that the program does not
            use do not matter.
    """
    program = {"wanted": dict(wanted), "sources": _sources(wanted.values())}
    with _by_value(wanted.values()):
        try:
            packed = [_dumps({**program, "named": named}) for named in (_named(wanted.values()), {})]
            return _dumps({**more, "program": packed})
        except Exception as error:
            raise _culprit(wanted, error) from error


def unpack(parcel: bytes) -> dict[str, Any]:
    """The engine's part of what :func:`pack` was given; the learner's is still packed, as ``program``."""
    found: dict[str, Any] = pickle.loads(parcel)
    return found


def unpack_program(program: list[bytes], name: str) -> dict[str, Any]:
    """The objects that :func:`pack` was given, where the learner's modules have the learner's names.

    Raises:
        CannotTravel: they cannot be made again. ``name`` stands for them.
    """
    found = _made_again(program, name)
    wanted: dict[str, Any] = found["wanted"]
    for filename, lines in found["sources"].items():
        linecache.cache[filename] = (sum(map(len, lines)), None, lines, filename)
    for names in _globals_of(wanted.values()):
        for key, value in found["named"].items():
            names.setdefault(key, value)
        _become_module(names)
    return wanted


def _made_again(program: list[bytes], name: str) -> dict[str, Any]:
    """The program with all that its cell names, or else without what it may do without."""
    for packed in program:
        try:
            found: dict[str, Any] = pickle.loads(packed)
        except Exception as error:
            trouble = error
        else:
            return found
    why = say(
        "Making it again ended with {error}. Make it inside of the function that uses it, or write it into "
        "a file beside this notebook and import it from there.",
        error=describe(trouble),
    )
    raise CannotTravel(name, why) from trouble


class Stranger(Exception):
    """Stands for an exception of another process: its type is named alike and it says the same."""


def pack_outcome(outcome: Any) -> bytes:
    """What came of a check, as bytes; exceptions travel by name and text, since any of them may be broken."""
    return _dumps(outcome, _OutcomePickler)


def _dumps(thing: Any, pickler: "type[_Pickler] | None" = None) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # Python 3.12 and 3.13 warn of every iterator of itertools, which 3.14 cannot pickle any more.
        warnings.simplefilter("ignore", DeprecationWarning)
        (pickler or _Pickler)(buffer).dump(thing)
    return buffer.getvalue()


# What belongs to one process and has a meaningful beginning.


def _reduce_lock(_lock: Any) -> tuple[Any, ...]:
    return threading.Lock, ()


def _reduce_rlock(_lock: Any) -> tuple[Any, ...]:
    return threading.RLock, ()


def _reduce_simple_queue(_queue: Any) -> tuple[Any, ...]:
    return queue.SimpleQueue, ()


def _reduce_thread_pool(pool: Any) -> tuple[Any, ...]:
    arguments = (pool._max_workers, pool._thread_name_prefix)
    return ThreadPoolExecutor, arguments


def _reduce_process_pool(pool: Any) -> tuple[Any, ...]:
    return ProcessPoolExecutor, (pool._max_workers,)


def _reduce_context_variable(variable: "contextvars.ContextVar[Any]") -> tuple[Any, ...]:
    try:
        default: tuple[Any, ...] = (contextvars.Context().run(variable.get),)
    except LookupError:
        default = ()
    return _make_context_variable, (variable.name, default)


def _make_context_variable(name: str, default: tuple[Any, ...]) -> "contextvars.ContextVar[Any]":
    return contextvars.ContextVar(name, default=default[0]) if default else contextvars.ContextVar(name)


def _reduce_context(context: contextvars.Context) -> tuple[Any, ...]:
    """With the values that can travel: a notebook's context also holds what belongs to its kernel."""
    return _make_context, ([(variable, value) for variable, value in context.items() if _travels(value)],)


def _make_context(values: "list[tuple[contextvars.ContextVar[Any], Any]]") -> contextvars.Context:
    context = contextvars.Context()
    for variable, value in values:
        context.run(variable.set, value)
    return context


def _reduce_ssl_context(_context: Any) -> tuple[Any, ...]:
    return ssl.create_default_context, ()


def _reduce_code(code: types.CodeType) -> tuple[Any, ...]:
    """With its file name, which cloudpickle drops: a message quotes the learner's line."""
    return marshal.loads, (marshal.dumps(code),)


def _reduce_local(_local: Any) -> tuple[Any, ...]:
    return threading.local, ()


def _reduce_stream(name: str) -> tuple[Any, ...]:
    return getattr, (sys, name)


def _reduce_count(numbers: "itertools.count[Any]") -> tuple[Any, ...]:
    """From where it stands, which its text alone tells from Python 3.14 on.

    Of a number that is written as a call, or as a word, the older Pythons know it themselves.
    """
    try:
        return itertools.count, ast.literal_eval(f"({repr(numbers)[len('count(') : -1]},)")
    except ValueError:
        return cast("tuple[Any, ...]", numbers.__reduce__())


def _reduce_loop_bound(thing: Any) -> tuple[Any, ...]:
    """A lock, an event, a queue of asyncio: with its items, but without its loop and those who wait in it."""
    state = dict(vars(thing))
    for name, value in state.items():
        if name == "_loop":
            state[name] = None
        elif name in ("_waiters", "_getters", "_putters") and value is not None:
            state[name] = collections.deque()
    return object.__new__, (type(thing),), state, None, None, _set_state


def _reduce_plain(thing: Any) -> tuple[Any, ...] | None:
    """An object as its attributes; ``None`` where pickle's own way will do.

    That way calls ``__new__`` without arguments, and looks for attributes that are not there yet.
    """
    kind = type(thing)
    if not isinstance(kind.__new__, types.FunctionType) and not hasattr(kind, "__getattr__"):
        return None
    own = {name for each in kind.__mro__[:-1] for name in vars(each)}
    if isinstance(thing, type) or own & {"__reduce__", "__reduce_ex__", "__setstate__"}:
        return None
    make, arguments, state, *items = thing.__reduce_ex__(4)
    if make is not copyreg.__newobj__ or arguments != (kind,) or any(items):  # type: ignore[attr-defined]
        return None
    return object.__new__, (kind,), state, None, None, _set_state


def _set_state(made: Any, state: Any) -> None:
    for part in state if isinstance(state, tuple) else (state,):
        for name, value in (part or {}).items():
            object.__setattr__(made, name, value)


def _is_under_way(thing: Any) -> bool:
    """Whether it stands for work that goes on in this process, or for a child of it."""
    if isinstance(thing, Future):
        return not thing.done()
    return isinstance(thing, subprocess.Popen) and thing.returncode is None


def _is_mapped(thing: Any) -> bool:
    """Whether this is a class of the notebook that SQLAlchemy has mapped to a table: it is made once."""
    return isinstance(thing, type) and "__mapper__" in vars(thing) and _is_local(thing.__module__)


def _reduce_database_pool(pool: Any) -> tuple[Any, ...]:
    """A pool of SQLAlchemy for a database that others can open too, without the connections it has."""
    return object.__new__, (type(pool),), vars(pool.recreate()), None, None, _set_state


def _reduce_cached(cached: Any) -> str | tuple[Any, ...]:
    """A function with a cache, which is empty again; one of a module that can be imported by its name."""
    if not _is_local(cached.__module__):
        return cached.__reduce__()  # type: ignore[no-any-return]
    parameters = cached.cache_parameters()
    return _make_cached, (cached.__wrapped__, parameters["maxsize"], parameters["typed"])


def _make_cached(function: Callable[..., Any], maxsize: int | None, typed: bool) -> Any:
    return functools.lru_cache(maxsize, typed)(function)


def _is_local(name: str | None) -> bool:
    """Whether this is the notebook, or another module that cannot be imported elsewhere."""
    return name == "__main__" or getattr(sys.modules.get(name or ""), "__spec__", None) is None


def _reduce_weak_dict(weak: Any) -> tuple[Any, ...]:
    return type(weak), (), None, None, iter(list(weak.items()))


def _reduce_weak_reference(reference: Any) -> tuple[Any, ...]:
    there = reference()
    return (_to_nothing, ()) if there is None else (weakref.ref, (there,))


def _to_nothing() -> Any:
    """A weak reference to what is gone."""
    return weakref.ref(type("Gone", (), {}))


def _reduce_mock(stand_in: Any) -> tuple[Any, ...]:
    """A mock as it was set up; what it has noted stays behind."""
    kind = next(each for each in type(stand_in).__mro__ if each.__module__ == mock.__name__)
    state = vars(stand_in)
    options = {"name": state["_mock_name"], "spec": state.get("_spec_class")}
    options["side_effect"] = state.get("_mock_side_effect")
    if (returned := state.get("_mock_return_value", mock.DEFAULT)) is not mock.DEFAULT:
        options["return_value"] = returned
    children = {
        name: each for name, each in state["_mock_children"].items() if isinstance(each, mock.NonCallableMock)
    }
    return _make_mock, (kind, {name: value for name, value in options.items() if value is not None}, children)


def _make_mock(kind: type, options: dict[str, Any], children: dict[str, Any]) -> Any:
    made = kind(**options)
    for name, child in children.items():
        made.attach_mock(child, name)
    return made


_LOOP_BOUND = (asyncio.Lock, asyncio.Event, asyncio.Condition, asyncio.Semaphore, asyncio.Queue)
_REDUCERS: dict[type, Callable[[Any], str | tuple[Any, ...]]] = {
    type(threading.Lock()): _reduce_lock,
    type(threading.RLock()): _reduce_rlock,
    queue.SimpleQueue: _reduce_simple_queue,
    ThreadPoolExecutor: _reduce_thread_pool,
    ProcessPoolExecutor: _reduce_process_pool,
    contextvars.ContextVar: _reduce_context_variable,
    contextvars.Context: _reduce_context,
    ssl.SSLContext: _reduce_ssl_context,
    threading.local: _reduce_local,
    itertools.count: _reduce_count,
    types.CodeType: _reduce_code,
    type(functools.cache(abs)): _reduce_cached,
    weakref.ReferenceType: _reduce_weak_reference,
    weakref.WeakKeyDictionary: _reduce_weak_dict,
    weakref.WeakValueDictionary: _reduce_weak_dict,
}


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Pickles what a notebook defines, and renews what belongs to one process."""

    dispatch_table: ClassVar[Any] = collections.ChainMap(_REDUCERS, cloudpickle.Pickler.dispatch_table)

    def reducer_override(self, obj: Any) -> Any:
        for name in ("stdout", "stderr"):
            if obj is getattr(sys, name):
                return _reduce_stream(name)
        if isinstance(obj, _LOOP_BOUND):
            return _reduce_loop_bound(obj)
        if isinstance(obj, mock.NonCallableMock):
            return _reduce_mock(obj)
        if _is_mapped(obj) or _is_under_way(obj):
            raise pickle.PicklingError(f"{type(obj).__name__} cannot be made again")
        if isinstance(obj, getattr(sys.modules.get("sqlalchemy.pool"), "QueuePool", ())):
            return _reduce_database_pool(obj)
        symbol: Any = getattr(sys.modules.get("sqlalchemy.util.langhelpers"), "symbol", ())
        if isinstance(obj, symbol):
            return symbol, (obj.name,)  # its number is another one in each process
        if obj is mock.call:
            return getattr, (mock, "call")
        plain = None if type(obj) in _REDUCERS else _reduce_plain(obj)
        return plain or super().reducer_override(obj)


class _OutcomePickler(_Pickler):
    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, BaseException):
            return _make_stranger, (type(obj).__name__, _said(obj))
        return super().reducer_override(obj)


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return say("its text cannot be shown")


def _make_stranger(name: str, text: str) -> BaseException:
    error: BaseException = type(name, (Stranger,), {})(text)
    return error


# What of the notebook goes along.


def _globals_of(things: Iterable[Any]) -> list[dict[str, Any]]:
    """The namespaces in which the functions among these were defined, each once."""
    found: dict[int, dict[str, Any]] = {}
    for function in _functions(things):
        found[id(function.__globals__)] = function.__globals__
    return list(found.values())


def _functions(things: Iterable[Any]) -> Iterator[types.FunctionType]:
    for thing in things:
        inner = thing
        while isinstance(inner, functools.partial):
            inner = inner.func
        inner = unwrapped(inner) if inspect.isfunction(inner) else inner
        if inspect.isclass(inner):
            yield from _functions([getattr(each, "__func__", each) for each in vars(inner).values()])
        elif isinstance(function := inner.__func__ if inspect.ismethod(inner) else inner, types.FunctionType):
            yield function


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _named(things: Iterable[Any]) -> dict[str, Any]:
    """The globals that the cells of these name, as far as they can be packed.

    Some are named only in a decorator, or in an annotation that is still text: a test that is compiled again
    needs the first, FastAPI the second.
    """
    found: dict[str, Any] = {}
    for function in _functions(things):
        lines = linecache.getlines(function.__code__.co_filename)
        for name in {name for line in lines for name in _NAME.findall(line)}:
            value = function.__globals__.get(name)
            if value is not None and name not in found and _travels(value):
                found[name] = value
    return found


def _travels(value: Any) -> bool:
    try:
        _dumps(value)
    except Exception:
        return False
    return True


def _sources(things: Iterable[Any]) -> dict[str, list[str]]:
    """The text of the cells from which these come, and of all that ran in this notebook."""
    files = {code.co_filename for thing in things for code in codes_of(thing)}
    cells = {name for name in linecache.cache if "ipykernel_" in name or name.startswith("<ipython-input")}
    return {name: lines for name in sorted(files | cells) if (lines := linecache.getlines(name))}


class _by_value:
    """Lets what was defined in modules that nobody can import travel by value."""

    def __init__(self, things: Iterable[Any]) -> None:
        names = {getattr(thing, "__module__", None) for thing in things} - {"__main__"}
        self._modules = [sys.modules[name] for name in names if name in sys.modules and _is_local(name)]

    def __enter__(self) -> None:
        for module in self._modules:
            cloudpickle.register_pickle_by_value(module)

    def __exit__(self, *_: object) -> None:
        for module in self._modules:
            cloudpickle.unregister_pickle_by_value(module)


def _become_module(names: dict[str, Any]) -> None:
    """Let what a notebook defined be found by name, as a pool of processes looks for a function."""
    name = names.get("__name__")
    if not isinstance(name, str) or (name in sys.modules and name != "__main__"):
        return
    module = types.ModuleType(name)
    vars(module).update(names)
    sys.modules[name] = module


def _culprit(wanted: Mapping[str, Any], error: Exception) -> CannotTravel:
    """Which of the learner's names cannot travel: the innermost that the program uses."""
    seen: set[int] = set()
    name, thing = next(((n, t) for n, t in wanted.items() if not _travels(t)), next(iter(wanted.items())))
    while not _is_mapped(thing):
        seen.add(id(thing))
        used = ((n, t) for n, t in _uses(thing) if id(t) not in seen)
        inner = next(((n, t) for n, t in used if not _travels(t)), None)
        if inner is None:
            break
        name, thing = inner
    return CannotTravel(name, _why_not(thing, error))


def _why_not(thing: Any, error: Exception) -> str:
    if _is_mapped(thing):
        return say(
            "A class that SQLAlchemy maps to a table is made once. Write it into a file beside this "
            "notebook, and import it from there."
        )
    if isinstance(thing, types.FunctionType | type):
        return say(
            "Taking it apart ended with {error}. Write it into a file beside this notebook, and import it "
            "from there.",
            error=describe(error),
        )
    return say(
        "An object of type `{type}` belongs to this notebook's process. Make it inside of the function that "
        "uses it, so that each process makes its own.",
        type=type(thing).__name__,
    )


def _uses(thing: Any) -> Iterator[tuple[str, Any]]:
    """The globals, closed-over variables and default values that a function (or a class's methods) use."""
    for function in _functions([thing]):
        for code in _codes(function.__code__):
            for name in code.co_names:
                if name in function.__globals__:
                    yield name, function.__globals__[name]
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            try:
                yield name, cell.cell_contents
            except ValueError:  # it is not filled yet
                continue
        for value in (function.__defaults__ or ()) + tuple((function.__kwdefaults__ or {}).values()):
            yield function.__name__, value
