"""TaskManager: what a program uses."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import CodeType, CoroutineType, FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, PositiveFloat

from ._binding import Shape, bind, match
from ._errors import (
    BadOption,
    CoroutineGiven,
    DuplicateTask,
    NotCallable,
    SelfDependency,
    TaskGraphError,
)
from ._graph import Options, TaskGraph, build
from ._guard import is_async, log, name_of
from ._report import Report
from ._run import MixedRun, Run
from ._threads import Threads

if TYPE_CHECKING:
    from starlette.background import BackgroundTasks
    from tenacity import BaseRetrying

F = TypeVar("F", bound=Callable[..., Any])
Start = Callable[..., None]
"""What `TaskManager.depends()` gives an endpoint."""

_LARGE = 10_000  # tasks: a graph above is checked in a thread, so that the event loop goes on
_TEXT = {
    "task": "Task {task!r}",
    "run": "This run",
    "manager": "This task manager",
    "dependencies": "its dependencies must be a list of names, not {given!r}",
    "retry": "retry must be a tenacity object such as AsyncRetrying(...) or retry_transient(), not {given!r}",
    "timeout": "timeout must be a number of seconds above 0, not {given!r}",
    "limit": "max_concurrency and max_threads must be at least 1",
    "on_report": "on_report must be a plain function, not an async one",
    "keep": "keep names {names}, and there is no such task",
    "input_missing": "it needs a value for {names}",
    "input_unknown": "it got {names}, and there is no such input",
    "refused": "a graph of background tasks was not run: %s",
}


class TaskDependency(BaseModel):
    """One task with what it needs, checked by pydantic."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True, extra="forbid")

    task: Callable[..., Any]
    depends_on: tuple[str, ...] = ()
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}
    retry: Any = None
    timeout: PositiveFloat | None = None


class TaskManager:
    """A graph of tasks: built once, run after any number of responses, also at the same time.

        manager = TaskManager()
        manager.add_task("load", load)
        manager.add_task("clean", clean, ["load"])      # is called with what load returned
        manager.resolve_dependencies()                  # the order, or an error that names the mistake
        background_tasks.add_task(manager.run)

    At most `max_concurrency` tasks of one run go on at the same time. Sync tasks run in `max_threads`
    threads, shared by all runs of this manager and used by nothing else. `inputs` are names whose values
    each run brings along, `manager.run(order_id=7)`; a task depends on them as on another task. `on_report`
    is called with the report of every run, of a cancelled one too (BackgroundTasks drops what `run` returns).
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
        if on_report and is_async(on_report):
            raise BadOption(where=_TEXT["manager"], problem=_TEXT["on_report"])
        self._inputs = tuple(inputs)
        self._max_concurrency = max_concurrency
        self._threads = Threads(max_threads)
        self._on_report = on_report
        self._index: dict[str, int] = {}  # the number of each input and task; what follows goes by it
        for k, name in enumerate(self._inputs, 1):
            if self._index.setdefault(name, -k) != -k:
                raise DuplicateTask(task=name)
        self._calls: list[Callable[..., Any]] = []  # the tasks, to be called with results only
        self._needs: list[tuple[str, ...]] = []
        self._takes: list[tuple[int, ...] | None] = []  # positions in needs of these results; None: all
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
        order of `dependencies`, to the required parameters that are left. A task that has none gets none.
        `args` and `kwargs` are passed as they are. `retry` is a tenacity object, for sync and async tasks
        alike. `timeout` is in seconds, for each attempt. A thread cannot be stopped: a sync task that takes
        longer is given up and not retried, while its thread goes on and keeps its place in `max_threads`.

        Raises a TaskGraphError: DuplicateTask, SelfDependency, NotCallable, CoroutineGiven,
        SignatureMismatch or BadOption.
        """
        if not callable(task):
            self._add_other(name, task)
            return
        if name in self._index:
            raise DuplicateTask(task=name)
        needs = tuple(dependencies)
        if name in needs or isinstance(dependencies, str):
            raise _bad_dependencies(name, dependencies)
        plain = type(task) is FunctionType and not task.__dict__  # where a decorator hides another signature
        shape = self._shapes.get(task.__code__) if plain else Shape(task, plain)
        if shape is None:
            shape = self._shapes[task.__code__] = Shape(task, plain)
        call, takes, on_loop, i = task, None, shape.is_async, len(self._calls)
        if args or kwargs or not shape.takes_all:
            if shape.names is not None and not args and not kwargs:
                takes = match(shape.names, needs)
            if takes is None:
                call, takes = bind(name, task, shape.signature, needs, args, kwargs or {})
                self._bound[i] = task, args, kwargs or {}
        if retry is not None or timeout is not None:
            self._options[i] = _checked_options(name, Options(task, on_loop, retry, timeout))
            on_loop = True  # for a sync task, a lane on the loop sees to its attempts in threads
        self._index[name] = i
        self._calls.append(call)
        self._needs.append(needs)
        self._takes.append(takes)
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
            self.add_task(name or name_of(function).rpartition(".")[2], function, depends_on, **options)
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
            columns = self._calls[:], self._on_loop[:], dict(self._options), self._needs[:], self._takes[:]
            graph = self._graph = build(dict(self._index), self._inputs, *columns)
        return graph

    @property
    def _current(self) -> TaskGraph | None:
        graph = self._graph  # of no use if tasks were added since
        return graph if graph is not None and len(graph.calls) == len(self._calls) else None

    def resolve_dependencies(self) -> list[str]:
        """The names of the tasks in an order in which they can run; registration breaks ties.

        Raises MissingDependency or CycleError.
        """
        graph = self.build()
        return [graph.names[i] for i in graph.order]

    async def run(self, *, keep: bool | Iterable[str] | None = None, **inputs: Any) -> Report:
        """Run every task once, each after its dependencies; -> what became of them.

        Raises nothing but CancelledError. A failure is logged, and skips the tasks below it and no other. If
        the graph or the inputs are wrong, nothing runs and the report has the `error`. A result is dropped
        when the last task that takes it has it; results of tasks that no other depends on are kept. `keep`
        names those to keep instead (True: all).
        """
        try:
            if self._current is None and len(self._calls) > _LARGE:
                await self._threads.call(self.build)
            graph = self.build()
            kind = MixedRun if graph.mixed else Run
            run = kind(
                graph, _values(graph, inputs), _kept(graph, keep), self._max_concurrency, self._threads
            )
        except TaskGraphError as error:
            log.error(_TEXT["refused"], error)
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

        Raises MissingDependency or CycleError here, BadOption in the endpoint.
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
        if self._on_report:
            try:
                self._on_report(report)
            except Exception:
                log.exception("on_report failed")
        return report


def _bad_dependencies(name: str, dependencies: Iterable[str]) -> TaskGraphError:
    if isinstance(dependencies, str):
        problem = _TEXT["dependencies"].format(given=dependencies)
        return BadOption(where=_TEXT["task"].format(task=name), problem=problem)
    return SelfDependency(task=name)


def _checked_options(name: str, options: Options) -> Options:
    where, timeout = _TEXT["task"].format(task=name), options.timeout
    if options.retry is not None and not hasattr(options.retry, "iter"):
        raise BadOption(where=where, problem=_TEXT["retry"].format(given=options.retry))
    if timeout is not None and not (isinstance(timeout, int | float) and timeout > 0):
        raise BadOption(where=where, problem=_TEXT["timeout"].format(given=timeout))
    return options


def _kept(graph: TaskGraph, keep: bool | Iterable[str] | None) -> Collection[int]:
    if keep is None:
        return graph.ends
    if isinstance(keep, bool):
        return range(len(graph.names)) if keep else ()
    wanted = {keep} if isinstance(keep, str) else set(keep)
    kept = {i for i, name in enumerate(graph.names) if name in wanted}
    if unknown := wanted.difference(graph.names[i] for i in kept):
        raise BadOption(where=_TEXT["run"], problem=_TEXT["keep"].format(names=_list(unknown)))
    return kept


def _values(graph: TaskGraph, inputs: Mapping[str, Any]) -> list[Any]:
    if missing := [name for name in graph.inputs if name not in inputs]:
        raise BadOption(where=_TEXT["run"], problem=_TEXT["input_missing"].format(names=_list(missing)))
    if unknown := inputs.keys() - set(graph.inputs):
        raise BadOption(where=_TEXT["run"], problem=_TEXT["input_unknown"].format(names=_list(unknown)))
    return [inputs[name] for name in graph.inputs]


def _list(names: Iterable[str]) -> str:
    return ", ".join(map(repr, sorted(names)))
