"""Advice that is often published, and what is true about it."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel, ValidationError
from tenacity import RetryError, retry, stop_after_attempt

from course.facts import Seen, fact
from course.facts._experiments import in_order, quiet_client, saw


class _TaskDependency(BaseModel):
    """The model of the published task manager."""

    task: Callable[..., Any]
    depends_on: list[str] = []


class _PublishedTaskManager:
    """The published task manager, which does not resolve anything."""

    def __init__(self) -> None:
        self.tasks = dict[str, _TaskDependency]()

    def add_task(self, name: str, task: Callable[..., Any], dependencies: list[str]) -> None:
        """Remember a task."""
        self.tasks[name] = _TaskDependency(task=task, depends_on=dependencies)


@fact("B4", "pydantic checks that a task is callable and that names are strings; it knows nothing of graphs.")
def model_of_a_task() -> Seen:
    """What the model refuses, and what it lets through."""

    def refused(task: Any, depends_on: Any) -> bool:
        try:
            _TaskDependency(task=task, depends_on=depends_on)
        except ValidationError:
            return True
        return False

    one, other = _TaskDependency(task=print), _TaskDependency(task=print)
    one.depends_on.append("x")
    return saw(
        {
            "5 is no task": refused(5, []),
            "'ab' is no list of names": refused(print, "ab"),
            "1 is no name": refused(print, [1]),
            "a name that is nowhere passes": not refused(print, ["nowhere"]),
            "a function of too many parameters passes": not refused(lambda a, b: None, []),  # noqa: ARG005
            "the default list is not shared": other.depends_on == [],
        }
    )


@fact("B5", "The published manager takes a circle, and a name twice, without a word.")
def published_manager() -> Seen:
    """Two tasks that wait for each other; then one of them again."""
    manager = _PublishedTaskManager()
    manager.add_task("charge", print, ["ship"])
    manager.add_task("ship", print, ["charge"])
    manager.add_task("ship", len, ["nowhere"])
    kept = {name: node.depends_on for name, node in manager.tasks.items()}
    return Seen(kept == {"charge": ["ship"], "ship": ["nowhere"]}, f"it holds {kept}")


@fact("B7", "@retry has neither limit nor pause; with stop_after_attempt(3) three attempts follow at once.")
def bare_retry() -> Seen:
    """Attempts until an error that is not retried; the pauses that tenacity asked for."""
    attempts, pauses = list[int](), list[float]()

    class Enough(BaseException):
        """Not retried."""

    @retry(sleep=pauses.append)
    def bare() -> None:
        attempts.append(1)
        raise Enough if len(attempts) == 1000 else ConnectionError

    @retry(stop=stop_after_attempt(3), sleep=pauses.append)
    def three() -> None:
        attempts.append(3)
        raise ConnectionError

    ended = list[str]()
    for function in (bare, three):
        try:
            function()
        except (Enough, RetryError) as error:
            ended.append(type(error).__name__)
    return saw(
        {
            "1000 attempts and no end": attempts.count(1) == 1000,
            "3 attempts": attempts.count(3) == 3,
            "all pauses 0 s": set(pauses) == {0.0},
            "the end of three is a RetryError": ended == ["Enough", "RetryError"],
        }
    )


@fact("B8", "Steps that need each other's data need no sort: one function, as one task, has them in order.")
def chain() -> Seen:
    """Three steps, each with the result of the one before; def tasks that return drop what they return."""
    app, log = FastAPI(), list[str]()

    def load() -> list[str]:
        log.append("load")
        return ["bread", "tea"]

    def count(goods: list[str]) -> int:
        log.append("count")
        return len(goods)

    def steps() -> None:
        log.append(f"save {count(load())}")

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(steps)

    quiet_client(app).get("/")
    return in_order(log, "load", "count", "save 2")


@fact("B10", '"No response object found" is nowhere in FastAPI, Starlette, uvicorn or anyio.')
def invented_message() -> Seen:
    """Search of the installed sources; the real message, to see that the search finds anything."""
    found = _files_with("No response returned.", "starlette")
    invented = _files_with("No response object found", "fastapi", "starlette", "uvicorn", "anyio")
    said = f"invented message: {invented or 'nowhere'}; the real one: {found}"
    return Seen(found == ["starlette/middleware/base.py"] and not invented, said)


def _files_with(text: str, *packages: str) -> list[str]:
    found = []
    for package in packages:
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        root = Path(spec.origin).parent
        for path in sorted(root.rglob("*.py")):
            if text in path.read_text(encoding="utf-8"):
                found.append(path.relative_to(root.parent).as_posix())
    return found
