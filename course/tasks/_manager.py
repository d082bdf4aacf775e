"""TaskManager: what a program uses."""

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import CodeType, CoroutineType, FunctionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, PositiveFloat

from ._binding import Shape, awaits, bind, match
from ._errors import (
    BadOption,
    CoroutineGiven,
    DuplicateTask,
    NotCallable,
    SelfDependency,
    TaskGraphError,
)
from ._graph import Options, TaskGraph, build
from ._guard import GENERATOR, is_async, is_generator, name_of, refuse_work, say
from ._names import checked_name, checked_names
from ._report import Report
from ._run import MixedRun, Run
from ._threads import Threads

if TYPE_CHECKING:
    from starlette.background import BackgroundTasks
    from tenacity import BaseRetrying

F = TypeVar("F", bound=Callable[..., Any])
Start = Callable[..., None]
"""What `TaskManager.depends()` gives an endpoint."""

_RESERVED = {"self", "func", "keep"}
_LARGE = 10_000  # tasks: a graph above is checked in a thread, so that the event loop goes on
_TEXT = {
    "task": "Task {task!r}",
    "run": "This run",
    "manager": "This task manager",
    "dependencies": "its dependencies",
    "inputs": "inputs",
    "keep": "keep",
    "kwargs": "keyword arguments",
    "reserved": "an input cannot be named {name!r}: run() or add_task() of BackgroundTasks has that",
    "retry": "retry must be a tenacity object such as AsyncRetrying(...) or retry_transient(), not {given!r}",
    "timeout": "timeout must be a number of seconds above 0, not {given!r}",
    "limit": "max_concurrency and max_threads must be at least 1",
    "on_report": "on_report must be a plain function, neither async nor a generator",
    "unknown": "keep names {names}, and there is no such task",
    "input_missing": "it needs a value for {names}",
    "input_unknown": "it got {names}, and there is no such input",
    "on_report_failed": "on_report failed",
    "cure": "let it do its work itself",
    "refused": "a graph of background tasks was not run: %s",
}


def _checked_needs(given: Iterable[str]) -> tuple[str, ...]:
    return checked_names(given, TaskDependency.__name__, _TEXT["dependencies"])


class TaskDependency(BaseModel):
    """One task with what it needs, checked by pydantic."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True, extra="forbid")

    task: Callable[..., Any]
    depends_on: Annotated[tuple[str, ...], BeforeValidator(_checked_needs)] = ()
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}
    retry: Any = None
    timeout: PositiveFloat | None = None


class TaskManager:
    """A graph of tasks: built once, run after any number of responses, also at the same time::

        manager = TaskManager()
        manager.add_task("load", load)
        manager.add_task("clean", clean, ["load"])      # is called with what load returned
        manager.resolve_dependencies()                  # the order, or an error that names the mistake
        background_tasks.add_task(manager.run)

    At most `max_concurrency` tasks of one run go on at the same time, not counting the threads of sync tasks
    that were given up. Sync tasks run in `max_threads` threads, shared by all runs of this manager; only a
    plain `Retrying` uses them, too. `inputs` are names whose values each run brings along,
    `manager.run(order_id=7)`; a task depends on them as on another task. `on_report` is called with the
    report of every run that began, of a cancelled one too (BackgroundTasks drops it).
    """

    def __init__(
        self,
        *,
        inputs: Iterable[str] = (),
        max_concurrency: int = 100,
        max_threads: int = 8,
        on_report: Callable[[Report], object] | None = None,
    ) -> None:
        if max_concurrency < 1 or max_threads < 1:
            raise BadOption(where=_TEXT["manager"], problem=_TEXT["limit"])
        if on_report is not None and (
            not callable(on_report) or is_async(on_report) or is_generator(on_report)
        ):
            raise BadOption(where=_TEXT["manager"], problem=_TEXT["on_report"])
        self._inputs = _checked_inputs(inputs)
        self._max_concurrency = max_concurrency
        self._threads = Threads(max_threads)
        self._on_report = on_report
        self._index: dict[str, int] = {}  # the number of each input and task; what follows goes by it
        for k, name in enumerate(self._inputs, 1):
            self._index[name] = -k
        self._calls: list[Callable[..., Any]] = []  # the tasks, to be called with results only
        self._needs: list[tuple[str, ...]] = []
        self._takes: dict[int, tuple[int, ...]] = {}  # positions in needs of these results, if not all
        self._on_loop: list[bool] = []
        self._options: dict[int, Options] = {}
        self._bound: dict[int, tuple[Callable[..., Any], Sequence[Any], Mapping[str, Any]]] = {}
        self._shapes: dict[CodeType, Shape] = {}
        self._graph: TaskGraph | None = None

    def add_task(
        self,
        name: str,
        task: Callable[..., Any] | TaskDependency,
        dependencies: Iterable[str] = (),
        *,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        retry: "BaseRetrying | None" = None,
        timeout: float | None = None,
    ) -> None:
        """Add a task that runs when all its `dependencies` are done; they may be added later.

        Each result goes to the parameter that is named like its dependency; results that are left go, in the
        order of `dependencies`, to the required parameters that are left. A task that has no parameters gets
        none; one that has only parameters with defaults left is refused, because nobody can know whether it
        wants them. A builtin, or a function written in C, gets all by position. `args` and `kwargs` are
        passed as they are. Names are text, compared in Unicode's composed form. What a task returns is its
        result, but for work that it should have done: a coroutine, a generator or a future fails it. `retry`
        is a tenacity object: for async tasks an `AsyncRetrying`, because a plain `Retrying` decides in one of
        the threads. `timeout` is in seconds, for each attempt. A thread cannot be stopped: a sync task that
        takes longer is given up and not retried, while its thread goes on and keeps its place in
        `max_threads`. When all places are kept so, sync tasks and the decisions of a plain `Retrying` wait
        for one, and no `timeout` counts that.

        Raises a TaskGraphError: DuplicateTask, SelfDependency, NotCallable, CoroutineGiven,
        SignatureMismatch or BadOption.
        """
        if not callable(task):
            self._add_other(name, task)
            return
        plain = type(task) is FunctionType and not task.__dict__  # where a decorator hides another signature
        if type(name) is not str or not name.isascii():
            name = checked_name(name, _TEXT["task"].format(task=name))
        if name in self._index:
            raise DuplicateTask(task=name)
        needs = _needs(name, dependencies)
        if name in needs:
            raise SelfDependency(task=name)
        shape = self._shapes.get(task.__code__) if plain else None
        if shape is None:
            shape = Shape(task, plain)
            if shape.is_generator:
                raise NotCallable(task=name, given=GENERATOR)
            if plain:
                self._shapes[task.__code__] = shape
        call, takes, bound, on_loop, i = task, None, None, shape.is_async, len(self._calls)
        if args or kwargs or not shape.takes_all:
            if shape.names is not None and not args and not kwargs:
                takes = match(shape.names, needs)
            if takes is None:
                kwargs = _named(kwargs or {}, _TEXT["task"].format(task=name))
                call, takes = bind(name, task, shape.signature, needs, args, kwargs)
                bound = task, args, kwargs
        if not plain and shape.may_await:
            call, bound = awaits(call), bound or (task, (), {})
        if retry is not None or timeout is not None:
            self._options[i] = _checked_options(name, Options(task, on_loop, retry, timeout))
            on_loop = True  # for a sync task, a lane on the loop sees to its attempts in threads
        if bound is not None:
            self._bound[i] = bound
        if takes is not None:
            self._takes[i] = takes
        self._index[name] = i
        self._calls.append(call)
        self._needs.append(needs)
        self._on_loop.append(on_loop)

    def _add_other(self, name: str, given: object) -> None:
        if isinstance(given, TaskDependency):
            fields = dict(given)
            self.add_task(name, fields.pop("task"), fields.pop("depends_on"), **fields)
        elif isinstance(given, CoroutineType):
            given.close()
            raise CoroutineGiven(task=name, function=given.__qualname__)
        else:
            raise NotCallable(task=name, given=type(given).__qualname__)

    def task(
        self,
        function: F | None = None,
        *,
        name: str | None = None,
        depends_on: Iterable[str] = (),
        **options: Any,
    ) -> Any:
        """Decorator form of `add_task`, with its options; the function stays as it is and gives the name."""

        def add(function: F) -> F:
            called = name_of(function).rpartition(".")[2] if name is None else name
            self.add_task(called, function, depends_on, **options)
            return function

        return add if function is None else add(function)

    @property
    def tasks(self) -> dict[str, TaskDependency]:
        """What was added, as pydantic models."""
        models = {}
        for name, i in self._index.items():
            if i >= 0:
                options = self._options.get(i)
                task, args, kwargs = self._bound.get(i, (self._calls[i], (), {}))
                models[name] = TaskDependency(
                    task=task,
                    depends_on=self._needs[i],
                    args=tuple(args),
                    kwargs=dict(kwargs),
                    retry=options and options.retry,
                    timeout=options and options.timeout,
                )
        return models

    def build(self) -> TaskGraph:
        """Check the whole graph and number its tasks; the answer is kept until a task is added.

        Raises MissingDependency or CycleError.
        """
        graph = self._current
        if graph is None:
            columns = self._calls[:], self._on_loop[:], dict(self._options), self._needs[:], dict(self._takes)
            graph = self._graph = build(dict(self._index), self._inputs, *columns)
        return graph

    @property
    def _current(self) -> TaskGraph | None:
        graph = self._graph  # of no use if tasks were added since
        return graph if graph is not None and len(graph.calls) == len(self._calls) else None

    def resolve_dependencies(self) -> list[str]:
        """The names of the tasks in an order in which they can run.

        The task that has been ready longest comes first; of those that got ready together, the one that was
        added first.

        Raises MissingDependency or CycleError.
        """
        graph = self.build()
        return [graph.names[i] for i in graph.order]

    async def run(self, /, *, keep: bool | Iterable[str] | None = None, **inputs: Any) -> Report:
        """Run every task once, each after its dependencies; -> what became of them.

        Raises nothing but CancelledError. A failure is logged, and skips the tasks below it and no other. If
        the graph or the inputs are wrong, nothing runs and the report has the `error`. A result is dropped
        when the last task that takes it has it; results of tasks that no other depends on are kept. `keep`
        names those to keep instead (True: all).
        """
        try:
            if self._current is None and len(self._calls) > _LARGE:
                with contextlib.suppress(RuntimeError):  # the system gives no thread: then build it here
                    await self._threads.call(self.build)
            graph = self.build()
            kind = MixedRun if graph.mixed else Run
            run = kind(
                graph, _values(graph, inputs), _kept(graph, keep), self._max_concurrency, self._threads
            )
        except TaskGraphError as error:
            say(_TEXT["refused"], error)
            return self._tell(Report(None, list(self._index)[len(self._inputs) :], error))
        try:
            await run.finish()
        finally:
            report = self._tell(Report(run))
        return report

    def depends(self) -> "Callable[[BackgroundTasks], Start]":
        """For FastAPI: `start: Annotated[Start, Depends(manager.depends())]` in an endpoint.

        The graph is checked now, so while the application starts. In the endpoint, `start(order_id=7)` checks
        the inputs and has the graph run after the response.

        Raises MissingDependency or CycleError here, BadOption in the endpoint. A task that is added later is
        checked in the endpoint, too: add all tasks before.
        """
        from starlette.background import BackgroundTasks  # only programs with FastAPI need it

        self.build()

        def dependency(background_tasks: BackgroundTasks) -> Start:
            def start(*, keep: bool | Iterable[str] | None = None, **inputs: Any) -> None:
                graph = self.build()
                _values(graph, inputs)
                _kept(graph, keep)
                background_tasks.add_task(self.run, keep=keep, **inputs)

            return start

        return dependency

    def _tell(self, report: Report) -> Report:
        if self._on_report is not None:
            try:
                refuse_work("on_report", self._on_report(report), cure=_TEXT["cure"])
            except Exception as error:
                say(_TEXT["on_report_failed"], error=error)
        return report


def _needs(name: str, given: Iterable[str]) -> tuple[str, ...]:
    if type(given) is list or type(given) is tuple:  # nearly all, so this has to be quick
        size = len(given)
        try:
            if not size or (
                "".join(given).isascii()
                and (size == 1 or (size == 2 and given[0] != given[1]) or len(set(given)) == size)
            ):
                return tuple(given)
        except TypeError:  # they are no names
            pass
    return checked_names(given, _TEXT["task"].format(task=name), _TEXT["dependencies"])


def _checked_inputs(inputs: Iterable[str]) -> tuple[str, ...]:
    names = checked_names(inputs, _TEXT["manager"], _TEXT["inputs"], ordered=False)
    for k, name in enumerate(names):
        if name in names[:k]:
            raise DuplicateTask(task=name)
        if name in _RESERVED:
            raise BadOption(where=_TEXT["manager"], problem=_TEXT["reserved"].format(name=name))
    return names


def _checked_options(name: str, options: Options) -> Options:
    where, timeout = _TEXT["task"].format(task=name), options.timeout
    if options.retry is not None:
        from tenacity import BaseRetrying  # only programs with retries need it

        if not isinstance(options.retry, BaseRetrying):
            raise BadOption(where=where, problem=_TEXT["retry"].format(given=options.retry))
    if timeout is not None and not (isinstance(timeout, int | float) and timeout > 0):
        raise BadOption(where=where, problem=_TEXT["timeout"].format(given=timeout))
    return options


def _kept(graph: TaskGraph, keep: bool | Iterable[str] | None) -> Collection[int]:
    if keep is None:
        return graph.ends
    if isinstance(keep, bool):
        return range(len(graph.names)) if keep else ()
    keep = [keep] if isinstance(keep, str) else keep
    wanted = set(checked_names(keep, _TEXT["run"], _TEXT["keep"], ordered=False))
    kept = {i for i, name in enumerate(graph.names) if name in wanted}
    if unknown := wanted.difference(graph.names[i] for i in kept):
        raise BadOption(where=_TEXT["run"], problem=_TEXT["unknown"].format(names=_list(unknown)))
    return kept


def _named(given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Keyword arguments, by name; the same name twice, written in two ways, is refused as Python does."""
    names = checked_names(given.keys(), where, _TEXT["kwargs"])
    return dict(zip(names, given.values(), strict=True))


def _values(graph: TaskGraph, inputs: Mapping[str, Any]) -> list[Any]:
    given = _named(inputs, _TEXT["run"])
    if missing := [name for name in graph.inputs if name not in given]:
        raise BadOption(where=_TEXT["run"], problem=_TEXT["input_missing"].format(names=_list(missing)))
    if unknown := given.keys() - set(graph.inputs):
        raise BadOption(where=_TEXT["run"], problem=_TEXT["input_unknown"].format(names=_list(unknown)))
    return [given[name] for name in graph.inputs]


def _list(names: Iterable[str]) -> str:
    return ", ".join(map(repr, sorted(names)))
