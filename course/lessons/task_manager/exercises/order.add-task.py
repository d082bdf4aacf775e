# %% starter
def add_task(self, name: str, task: Callable[..., Any], dependencies=()) -> None:
    """Remember `task` under `name`; GraphError if the name is taken."""
    if ____:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=____, depends_on=____)


# %% right reference
def add_task(self, name: str, task: Callable[..., Any], dependencies=()) -> None:
    """Remember `task` under `name`; GraphError if the name is taken."""
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% right own_entry
from types import SimpleNamespace


def add_task(self, name, task, dependencies=None):
    entry = SimpleNamespace(task=task, depends_on=tuple(dependencies or ()))
    if self.tasks.setdefault(name, entry) is not entry:
        raise GraphError(f"{name} is taken")


# %% right pydantic_copies
def add_task(self, name, task, dependencies=()):
    if self.tasks.get(name) is not None:
        raise GraphError(f"{name} is taken by {self.tasks[name].task.__name__}")
    self.tasks.update({name: TaskDependency(task=task, depends_on=dependencies)})


# %% wrong calls_it gets called
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    result = task()
    self.tasks[name] = TaskDependency(task=lambda: result, depends_on=list(dependencies))


# %% wrong first_one_wins gets dropped
def add_task(self, name, task, dependencies=()):
    self.tasks.setdefault(name, TaskDependency(task=task, depends_on=list(dependencies)))


# %% wrong returns_silently gets dropped
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        return
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong looks_up gets looked-up-too-early
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    for dependency in dependencies:
        if dependency not in self.tasks:
            raise GraphError(f"no task is called {dependency!r}")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong bare_function gets not-remembered
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = task


# %% wrong forgets gets not-remembered
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    entry = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong never_taken gets replaced
def add_task(self, name, task, dependencies=()):
    if name in self.tasks.values():
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong no_guard gets replaced
def add_task(self, name, task, dependencies=()):
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong writes_first gets replaced-and-refused
def add_task(self, name, task, dependencies=()):
    known = name in self.tasks
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
    if known:
        raise GraphError(f"there is a task {name!r} already")


# %% wrong replaces_then_raises gets replaced-and-refused breaks taken
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        del self.tasks[name]
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong plain_class gets shared-list
class Entry:
    def __init__(self, task, depends_on):
        self.task, self.depends_on = task, depends_on


def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = Entry(task, dependencies)


# %% wrong shared_list gets shared-list
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency.model_construct(task=task, depends_on=dependencies)


# %% wrong says_nothing gets unnamed
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError("duplicate task")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong no_dependencies gets wrong-dependencies
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task)


# %% wrong sorted gets wrong-dependencies
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=sorted(dependencies, reverse=True))


# %% wrong drops_unknown gets wrong-dependencies breaks later
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=[d for d in dependencies if d in self.tasks])


# %% wrong reversed gets wrong-dependencies breaks own-list
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies)[::-1])


# %% wrong set gets wrong-dependencies breaks own-list
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(set(dependencies)))


# %% wrong string gets wrong-dependencies breaks own-list
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    if any(d == name for d in dependencies):
        pass
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong wraps_it gets wrong-task
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=lambda: task, depends_on=list(dependencies))


# %% wrong adds_missing gets adds-others breaks later
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
    for d in dependencies:
        self.tasks.setdefault(d, TaskDependency(task=task))


# %% wrong name_of_function gets adds-others breaks remembers
def add_task(self, name, task, dependencies=()):
    if task.__name__ in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[task.__name__] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong error gets other-error breaks taken
def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise ValueError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong lower gets refused-new breaks new
def add_task(self, name, task, dependencies=()):
    name = name.lower()
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong same_task gets refused-new breaks new
def add_task(self, name, task, dependencies=()):
    if name in self.tasks or task in [n.task for n in self.tasks.values()]:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong self_refused gets refused-itself breaks new
def add_task(self, name, task, dependencies=()):
    if name in self.tasks or name in dependencies:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong strip gets refused-new breaks new
def add_task(self, name, task, dependencies=()):
    name = name.strip()
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong module_store gets shared-names breaks new
_all = set()


def add_task(self, name, task, dependencies=()):
    if name in _all:
        raise GraphError(f"there is a task {name!r} already")
    _all.add(name)
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong refuses_an_empty_name gets refused-new breaks new
def add_task(self, name, task, dependencies=()):
    if not name or name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=[*dependencies])


# %% wrong truthy gets replaced
def add_task(self, name: str, task: Callable[..., Any], dependencies=()) -> None:
    if self.tasks.get(name) and self.tasks[name].depends_on:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong taken_equal gets same-again
def add_task(self, name: str, task: Callable[..., Any], dependencies=()) -> None:
    if name in self.tasks and self.tasks[name].task is not task:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong dedupe_keep gets wrong-dependencies
def add_task(self, name: str, task: Callable[..., Any], dependencies=()) -> None:
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dict.fromkeys(dependencies)))


# %% wrong second_only gets replaced
def add_task(self, name: str, task: Callable[..., Any], dependencies=()) -> None:
    n = self.__dict__.setdefault("_n", {})
    n[name] = n.get(name, 0) + 1
    if n[name] == 2:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


# %% wrong one_empty_list_for_all gets one-list-for-two breaks own-list
NOTHING: list[str] = []


def add_task(self, name, task, dependencies=()):
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    self.tasks[name] = TaskDependency.model_construct(task=task, depends_on=list(dependencies) or NOTHING)


# %% wrong iterator_used_up gets used-up breaks own-list
from collections.abc import Callable
from typing import Any


def add_task(self, name: str, task: Callable[..., Any], dependencies=()) -> None:
    if name in self.tasks:
        raise GraphError(f"there is a task {name!r} already")
    if not all(isinstance(dependency, str) for dependency in dependencies):
        raise TypeError("dependencies are names")
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
