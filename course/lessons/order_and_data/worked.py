"""The task manager that lesson 06 builds, worked out method by method.

Each function is one step of the lesson, written the way the notebook asks for it: its first parameter is the
manager, whose ``tasks`` maps each name to its task and the names it waits for. Checks use these for the steps
that they do not look at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from course.tasks import is_async


class GraphError(ValueError):
    """A graph that cannot run. The message names the tasks to look at."""


class TaskDependency(BaseModel):
    """A task, and the names of those it waits for."""

    task: Callable[..., Any]
    depends_on: list[str] = []


async def call(task: Callable[..., Any], *arguments: Any) -> Any:
    """Await an async task; lend a thread to any other."""
    if is_async(task):
        return await task(*arguments)
    return await run_in_threadpool(task, *arguments)


def add_task(self: Any, name: str, task: Callable[..., Any], dependencies: Iterable[str] = ()) -> None:
    """Remember `task` under `name`.

    Raises:
        GraphError: the name is taken.
    """
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


def check_names(self: Any) -> None:
    """Refuse a dependency that no task is called.

    Raises:
        GraphError: it names the task and what it waits for.
    """
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                raise GraphError(f"{name!r} waits for {dependency!r}, and no task is called that")


def find_cycle(self: Any) -> list[str]:
    """The names along one cycle, the first again at the end; an empty list if there is none."""
    standing = dict(self.tasks)
    while free := [
        name for name, node in standing.items() if not any(d in standing for d in node.depends_on)
    ]:
        for name in free:
            del standing[name]
    if not standing:
        return []
    path = [next(iter(standing))]
    while path[-1] not in path[:-1]:
        path.append(next(d for d in standing[path[-1]].depends_on if d in standing))
    return path[path.index(path[-1]) :]


def resolve_dependencies(self: Any) -> list[str]:
    """Names in an order in which every task comes after all it waits for.

    Raises:
        GraphError: a name is unknown, or there is a cycle.
    """
    self.check_names()
    waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
    ready = [name for name, count in waiting_for.items() if count == 0]
    order = []
    while ready:
        name = ready.pop(0)
        order.append(name)
        for other, node in self.tasks.items():
            if name in node.depends_on:
                waiting_for[other] -= 1
                if waiting_for[other] == 0:
                    ready.append(other)
    if len(order) < len(self.tasks):
        raise GraphError("in a circle: " + " -> ".join(self.find_cycle()))
    return order


def arguments_for(self: Any, name: str, results: dict[str, Any]) -> list[Any]:
    """The results that the task `name` waits for, in the order in which it names them."""
    return [results[dependency] for dependency in self.tasks[name].depends_on]


async def run_in_order(self: Any) -> dict[str, Any]:
    """Run every task once, one after the other; return the results by name."""
    results: dict[str, Any] = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    return results


async def run(self: Any) -> dict[str, Any]:
    """Run every task once, as soon as all it waits for is done; return the results by name."""
    results: dict[str, Any] = {}
    done = {name: asyncio.Event() for name in self.tasks}

    async def run_one(name: str) -> None:
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in self.resolve_dependencies():
            group.create_task(run_one(name))
    return results


class TaskManager:
    """The methods above, put together."""

    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run_in_order = run_in_order
    run = run
