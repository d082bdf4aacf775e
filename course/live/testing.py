"""`run_tests(...)`: the real pytest on tests that stand in cells of a notebook."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import importlib
import inspect
import linecache
import os
import re
import sys
import sysconfig
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Literal
from unittest import mock

import pytest
from _pytest.assertion.rewrite import rewrite_asserts
from _pytest.fixtures import FixtureFunctionDefinition, FixtureLookupError

from course.words import say

Outcome = Literal["passed", "failed", "error", "skipped"]

_OPTIONS = (
    # nothing of the surrounding project or session takes part
    *("-c", os.devnull, "--disable-plugin-autoload", "-p", "anyio.pytest_plugin"),
    *("--assert=plain", "--import-mode=importlib", "--capture=no"),
    *(
        option
        for name in ("terminal", "cacheprovider", "faulthandler", "threadexception", "unraisableexception")
        for option in ("-p", f"no:{name}")
    ),
    *("-p", "no:warnings"),
)
_VOLATILE = re.compile(r" at 0x[0-9a-fA-F]+| id='\d+'")
_NOTHING, _ELSE = object(), object()
_FILE = "test_notebook.py"


@dataclass(frozen=True)
class Tested:
    """The result of one test: its name (with its parameters), its outcome, and the first failure in words."""

    name: str
    outcome: Outcome
    line: str = ""
    message: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.outcome}"]
        if self.line:
            lines.append(f"    > {self.line}")
        lines += [f"    E {line}" for line in self.message.splitlines()]
        return "\n".join(lines)


class TestRun(tuple[Tested, ...]):
    """The outcome of every test, in the order in which they ran; shown without times."""

    __test__ = False
    __slots__ = ()

    @property
    def passed(self) -> bool:
        """Whether there was a test, and none failed."""
        return bool(self) and not self.failed

    @property
    def failed(self) -> list[Tested]:
        """The tests that failed, or could not be set up."""
        return [each for each in self if each.outcome in ("failed", "error")]

    def __repr__(self) -> str:
        counts = Counter(each.outcome for each in self)
        summary = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
        return "\n".join([*map(str, self), summary or say("no test found")])


def run_tests(*tests: Any, fixtures: Mapping[str, Any] | None = None, once_red: str | None = None) -> TestRun:
    """Run test functions and ``Test…`` classes with pytest, as if they stood in a file of their own.

    Fixtures are found by their names among the globals of the tests, as in a file.

    Args:
        tests: functions named ``test_…``, or classes named ``Test…``.
        fixtures: more fixtures by name, made with ``pytest.fixture``; they win over those of the same name.
        once_red: a fixture with ``params``: what has made one test red is not given to another one.

    Raises:
        TypeError: one of ``tests`` is neither a function nor a class.
    """
    for each in tests:
        if not (inspect.isfunction(each) or inspect.isclass(each)):
            raise TypeError(f"run_tests takes test functions and Test classes, not {each!r}")
    module = _module(tests, fixtures or {})
    notes = _Notes(module, {_file_of(each) for each in tests}, once_red)
    _away_from_the_event_loop(lambda: _run(notes))
    return TestRun(notes.found)


def _run(notes: _Notes) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, _FILE)
        path.touch()
        _import_debugger()
        # --confcutdir: otherwise pytest would look at everything in the system's temporary folder.
        pytest.main([*_OPTIONS, "--rootdir", folder, "--confcutdir", folder, str(path)], plugins=[notes])


def _import_debugger() -> None:
    """What pytest imports late, before a `code.py` in the working folder comes in its way."""
    library = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")]
    with mock.patch.object(sys, "path", [*library, *sys.path]), contextlib.suppress(ImportError):
        importlib.import_module("pdb")


def _away_from_the_event_loop(work: Callable[[], None]) -> None:
    """Do it on another thread where this one runs an event loop, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        work()
        return
    errors: list[BaseException] = []

    def target() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=target, name="pytest", daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


def _module(tests: tuple[Any, ...], fixtures: Mapping[str, Any]) -> ModuleType:
    """A module with the tests, their asserts rewritten by pytest, and the fixtures that they can see."""
    module = ModuleType("test_notebook")
    for each in tests:
        for name, value in _globals(each).items():
            if isinstance(value, FixtureFunctionDefinition):
                setattr(module, name, value)
    for name, fixture in fixtures.items():
        setattr(module, name, fixture)
    for each in tests:
        setattr(module, each.__name__, _rewritten(each))
    return module


def _globals(test: Any) -> dict[str, Any]:
    if inspect.isfunction(test):
        return test.__globals__
    for member in vars(test).values():
        if inspect.isfunction(member):
            return member.__globals__
    return {}


def _file_of(test: Any) -> str:
    functions = [test] if inspect.isfunction(test) else filter(inspect.isfunction, vars(test).values())
    return next((function.__code__.co_filename for function in functions), "")


def _rewritten(test: Any) -> Any:
    """The same test with pytest's assertion rewriting; unchanged when its source is not available."""
    source = "".join(linecache.getlines(_file_of(test)))
    if not source or (inspect.isfunction(test) and test.__closure__):
        return test
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return test
    tree.body = [node for node in tree.body if getattr(node, "name", None) == test.__name__][-1:]
    if not tree.body:
        return test
    rewrite_asserts(tree, source.encode())
    names = dict(_globals(test))
    exec(compile(tree, _file_of(test), "exec", dont_inherit=True), names)
    return names[test.__name__]


def _words(info: pytest.ExceptionInfo[BaseException]) -> str:
    """The first paragraph of what pytest says about an error, without what differs between runs."""
    error = info.value
    if isinstance(error, FixtureLookupError):
        return f"fixture {error.argname!r} not found"
    return _VOLATILE.sub("", info.exconly(tryshort=True)).partition("\nE   \n")[0].partition("\n  \n")[0]


def _no_words(*_: Any, **__: Any) -> str:
    return ""


class _Notes:
    """A plugin that puts the module in the place of the empty file, and notes the outcomes."""

    def __init__(self, module: ModuleType, files: set[str], once_red: str | None) -> None:
        self.found: list[Tested] = []
        self._once_red = once_red
        self._red: set[Any] = set()
        self._module = module
        self._files = files

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> pytest.Module:
        module = self._module

        class Notebook(pytest.Module):
            def _getobj(self) -> ModuleType:
                return module

        made: pytest.Module = Notebook.from_parent(parent, path=module_path)
        return made

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if parameters.get(self._once_red or "", _ELSE) in self._red:
            pytest.skip(say("another test is red for it"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        item.repr_failure = _no_words  # type: ignore[method-assign]  # drawing tracebacks is slow
        report = yield
        if report.failed or report.skipped or report.when == "call":
            self._note(item, call, report)
        return report

    def _note(self, item: pytest.Item, call: pytest.CallInfo[None], report: Any) -> None:
        name = item.nodeid.partition("::")[2]
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        if report.passed:
            self.found.append(Tested(name, "passed", parameters=parameters, seconds=call.duration))
        elif report.skipped:
            self.found.append(Tested(name, "skipped", parameters=parameters))
        else:
            outcome: Outcome = "failed" if report.when == "call" else "error"
            line, message = self._say(call.excinfo)
            if self.found and self.found[-1].name == name:  # passed, and then its fixtures failed
                self.found.pop()
            self.found.append(Tested(name, outcome, line, message, parameters))
            self._red.add(parameters.get(self._once_red or "", _NOTHING))

    def _say(self, info: pytest.ExceptionInfo[BaseException] | None) -> tuple[str, str]:
        if info is None:
            return "", ""
        line = ""
        for entry in info.traceback:
            code = entry.frame.code.raw
            if code.co_filename in self._files:
                line = linecache.getline(code.co_filename, entry.lineno + 1).strip()
        return line, _words(info)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.found.append(Tested("collection", "error", message=_VOLATILE.sub("", str(report.longrepr))))

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.found.append(Tested("pytest", "error", message=_words(excinfo)))
