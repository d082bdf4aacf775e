# %% starter
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = ____

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% right reference
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% right own_words
class MyTaskManager:
    def __init__(self):
        self.nodes = {}

    def add_task(self, name, task, dependencies=()):
        if name in self.nodes:
            raise GraphError(f"{name} twice")
        self.nodes[name] = (task, list(dependencies))

    def resolve_dependencies(self):
        for name, (_, needs) in self.nodes.items():
            for need in needs:
                if need not in self.nodes:
                    raise GraphError(f"{name}: what is {need}?")
        return list(
            TopologicalSorter({name: needs for name, (_, needs) in self.nodes.items()}).static_order()
        )

    async def run(self):
        running = {}

        async def one(name):
            task, needs = self.nodes[name]
            return await call(task, *[await running[need] for need in needs])

        async with asyncio.TaskGroup() as group:
            for name in self.resolve_dependencies():
                running[name] = group.create_task(one(name))
        return {name: task.result() for name, task in running.items()}


# %% right with_super_powers
class Graph:
    def __init__(self):
        self.tasks = dict()

    add_task, check_names, find_cycle = add_task, check_names, find_cycle
    resolve_dependencies = resolve_dependencies


class MyTaskManager(Graph):
    arguments_for = arguments_for

    async def run(self):
        return await run(self)


# %% wrong a_list gets engine.raised
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks = []

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% wrong no_arguments gets hands-on-nothing
class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = lambda self, name, results: []
    run = run


# %% wrong as_registered gets no-order
def backwards(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))
    return list(self.tasks)[::-1]


class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = backwards
    arguments_for = arguments_for
    run = run


# %% wrong order_is_a_number gets no-order
def resolve_dependencies(self) -> list[str]:
    return len(self.tasks)


class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% wrong order_lost gets no-order
def forgets(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))
    return list(self.tasks)[:3]


class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = lambda self: list(self.tasks) if len(self.tasks) == 1 else forgets(self)
    arguments_for = arguments_for
    run = run


# %% wrong in_order gets one-by-one
from course.lessons.order_and_data.worked import run_in_order


class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run_in_order


# %% wrong class_attribute gets shares-tasks
class MyTaskManager:
    tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% wrong mutable_default gets kept-in-a-default breaks apart
class MyTaskManager:
    def __init__(self, tasks={}):
        self.tasks = tasks

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% wrong shared gets shares-tasks breaks apart
class MyTaskManager:
    tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% wrong circle_unchecked gets takes-a-circle
def trusting(self):
    self.check_names()
    order = []
    for _ in self.tasks:
        order += [
            n for n, node in self.tasks.items() if n not in order and set(node.depends_on) <= set(order)
        ]
    return order


class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = trusting
    arguments_for = arguments_for
    run = run


# %% wrong find_cycle_none gets takes-a-circle breaks order
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks = {}

    def find_cycle(self):
        return []

    add_task = add_task
    check_names = check_names
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% wrong last_one_wins gets takes-a-name-twice
def overwrite(self, name, task, dependencies=()):
    self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))


class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = overwrite
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% wrong names_unchecked gets takes-an-unknown-name
def trusting(self):
    """Everyone spells names right."""


def sorted_by_graphlib(self):
    return list(
        TopologicalSorter({name: node.depends_on for name, node in self.tasks.items()}).static_order()
    )


class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = trusting
    find_cycle = find_cycle
    resolve_dependencies = sorted_by_graphlib
    arguments_for = arguments_for
    run = run


# %% wrong instance gets engine.not-a-function breaks own
class _Manager:
    def __init__(self) -> None:
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


MyTaskManager = _Manager()


# %% wrong needs_argument gets engine.signature breaks apart
class MyTaskManager:
    def __init__(self, tasks) -> None:
        self.tasks = tasks

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% wrong no_methods gets no-method breaks own
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks = {}


# %% wrong no_run gets no-method breaks own
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for


# %% wrong returns_nothing gets no-results breaks run
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self):
        await run(self)


# %% wrong course gets not-yours breaks own
from course.tasks import TaskManager as MyTaskManager


# %% wrong init_in_run gets runs-once breaks run
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self):
        results = await run(self)
        self.tasks = {}
        return results


# %% wrong keeps_results_on_the_class gets mixes-managers breaks apart
class MyTaskManager:
    results = {}

    def __init__(self) -> None:
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self):
        self.results.update(await run(self))
        return self.results


# %% wrong none_dropped gets loses-results
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    def add_task(self, name, task, dependencies=()):
        if name in self.tasks:
            raise GraphError(f"there is a task {name!r} already")
        self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))

    def check_names(self):
        for name, node in self.tasks.items():
            for d in node.depends_on:
                if d not in self.tasks:
                    raise GraphError(f"{name!r} waits for {d!r}")

    def find_cycle(self):
        standing = dict(self.tasks)
        while free := [n for n, t in standing.items() if not any(d in standing for d in t.depends_on)]:
            for n in free:
                del standing[n]
        if not standing:
            return []
        path, name = [], next(iter(standing))
        while name not in path:
            path.append(name)
            name = next(d for d in standing[name].depends_on if d in standing)
        return path[path.index(name) :] + [name]

    def resolve_dependencies(self):
        self.check_names()
        waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
        ready = [name for name, number in waiting_for.items() if number == 0]
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
            raise GraphError(" -> ".join(self.find_cycle()))
        return order

    def arguments_for(self, name, results):
        return [results[d] for d in self.tasks[name].depends_on]

    async def run(self):
        results = {}
        order = self.resolve_dependencies()
        done = {name: asyncio.Event() for name in order}

        async def one(name):
            for d in self.tasks[name].depends_on:
                await done[d].wait()
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(one(name))
        return {n: r for n, r in results.items() if r is not None}


# %% wrong late_add_ignored gets later-task-ignored
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    def add_task(self, name, task, dependencies=()):
        if name in self.tasks:
            raise GraphError(f"there is a task {name!r} already")
        self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))

    def check_names(self):
        for name, node in self.tasks.items():
            for d in node.depends_on:
                if d not in self.tasks:
                    raise GraphError(f"{name!r} waits for {d!r}")

    def find_cycle(self):
        standing = dict(self.tasks)
        while free := [n for n, t in standing.items() if not any(d in standing for d in t.depends_on)]:
            for n in free:
                del standing[n]
        if not standing:
            return []
        path, name = [], next(iter(standing))
        while name not in path:
            path.append(name)
            name = next(d for d in standing[name].depends_on if d in standing)
        return path[path.index(name) :] + [name]

    def resolve_dependencies(self):
        self.check_names()
        waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
        ready = [name for name, number in waiting_for.items() if number == 0]
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
            raise GraphError(" -> ".join(self.find_cycle()))
        return order

    def arguments_for(self, name, results):
        return [results[d] for d in self.tasks[name].depends_on]

    async def run(self):
        results = {}
        self._o = order = getattr(self, "_o", None) or self.resolve_dependencies()
        done = {name: asyncio.Event() for name in order}

        async def one(name):
            for d in self.tasks[name].depends_on:
                await done[d].wait()
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(one(name))
        return results


# %% wrong results_shared_between_runs gets changes-results
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    def add_task(self, name, task, dependencies=()):
        if name in self.tasks:
            raise GraphError(f"there is a task {name!r} already")
        self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))

    def check_names(self):
        for name, node in self.tasks.items():
            for d in node.depends_on:
                if d not in self.tasks:
                    raise GraphError(f"{name!r} waits for {d!r}")

    def find_cycle(self):
        standing = dict(self.tasks)
        while free := [n for n, t in standing.items() if not any(d in standing for d in t.depends_on)]:
            for n in free:
                del standing[n]
        if not standing:
            return []
        path, name = [], next(iter(standing))
        while name not in path:
            path.append(name)
            name = next(d for d in standing[name].depends_on if d in standing)
        return path[path.index(name) :] + [name]

    def resolve_dependencies(self):
        self.check_names()
        waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
        ready = [name for name, number in waiting_for.items() if number == 0]
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
            raise GraphError(" -> ".join(self.find_cycle()))
        return order

    def arguments_for(self, name, results):
        return [results[d] for d in self.tasks[name].depends_on]

    async def run(self):
        self._r = results = getattr(self, "_r", {})
        order = self.resolve_dependencies()
        done = {name: asyncio.Event() for name in order}

        async def one(name):
            for d in self.tasks[name].depends_on:
                await done[d].wait()
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(one(name))
        return results


# %% wrong limit_2 gets one-by-one
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    def add_task(self, name, task, dependencies=()):
        if name in self.tasks:
            raise GraphError(f"there is a task {name!r} already")
        self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))

    def check_names(self):
        for name, node in self.tasks.items():
            for d in node.depends_on:
                if d not in self.tasks:
                    raise GraphError(f"{name!r} waits for {d!r}")

    def find_cycle(self):
        standing = dict(self.tasks)
        while free := [n for n, t in standing.items() if not any(d in standing for d in t.depends_on)]:
            for n in free:
                del standing[n]
        if not standing:
            return []
        path, name = [], next(iter(standing))
        while name not in path:
            path.append(name)
            name = next(d for d in standing[name].depends_on if d in standing)
        return path[path.index(name) :] + [name]

    def resolve_dependencies(self):
        self.check_names()
        waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
        ready = [name for name, number in waiting_for.items() if number == 0]
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
            raise GraphError(" -> ".join(self.find_cycle()))
        return order

    def arguments_for(self, name, results):
        return [results[d] for d in self.tasks[name].depends_on]

    async def run(self):
        results = {}
        order = self.resolve_dependencies()
        sem = asyncio.Semaphore(2)
        done = {name: asyncio.Event() for name in order}

        async def one(name):
            for d in self.tasks[name].depends_on:
                await done[d].wait()
            async with sem:
                results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(one(name))
        return results


# %% wrong cycle_in_run_accepted gets runs-a-circle
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    def add_task(self, name, task, dependencies=()):
        if name in self.tasks:
            raise GraphError(f"there is a task {name!r} already")
        self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))

    def check_names(self):
        for name, node in self.tasks.items():
            for d in node.depends_on:
                if d not in self.tasks:
                    raise GraphError(f"{name!r} waits for {d!r}")

    def find_cycle(self):
        standing = dict(self.tasks)
        while free := [n for n, t in standing.items() if not any(d in standing for d in t.depends_on)]:
            for n in free:
                del standing[n]
        if not standing:
            return []
        path, name = [], next(iter(standing))
        while name not in path:
            path.append(name)
            name = next(d for d in standing[name].depends_on if d in standing)
        return path[path.index(name) :] + [name]

    def resolve_dependencies(self):
        self.check_names()
        waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
        ready = [name for name, number in waiting_for.items() if number == 0]
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
            raise GraphError(" -> ".join(self.find_cycle()))
        return order

    def arguments_for(self, name, results):
        return [results[d] for d in self.tasks[name].depends_on]

    async def run(self):
        results = {}
        try:
            order = self.resolve_dependencies()
        except GraphError:
            return {}
        done = {name: asyncio.Event() for name in order}

        async def one(name):
            for d in self.tasks[name].depends_on:
                await done[d].wait()
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(one(name))
        return results


# %% wrong def_tasks_on_the_loop gets def-one-by-one breaks run
class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self):
        results = {}
        order = self.resolve_dependencies()
        done = {name: asyncio.Event() for name in order}

        async def one(name):
            for need in self.tasks[name].depends_on:
                await done[need].wait()
            value = self.tasks[name].task(*self.arguments_for(name, results))
            results[name] = await value if asyncio.iscoroutine(value) else value
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(one(name))
        return results


# %% wrong events_of_the_manager gets hands-on-other-results breaks run
class MyTaskManager:
    def __init__(self):
        self.tasks = {}
        self.done = {}

    def add_task(self, name, task, dependencies=()):
        add_task(self, name, task, dependencies)
        self.done[name] = asyncio.Event()

    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies

    async def run(self):
        results = {}

        async def one(name):
            needs = self.tasks[name].depends_on
            for need in needs:
                await self.done[need].wait()
            results[name] = await call(self.tasks[name].task, *[results.get(need) for need in needs])
            self.done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in self.resolve_dependencies():
                group.create_task(one(name))
        return results


# %% wrong believes_it_still_runs gets stops-after-failure breaks run
class MyTaskManager:
    def __init__(self):
        self.tasks = {}
        self.running = False

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self):
        if self.running:
            raise RuntimeError("this manager is running already")
        self.running = True
        results = await run(self)
        self.running = False
        return results


# %% wrong an_arrow_to_itself_is_dropped gets takes-a-circle breaks order
class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    def add_task(self, name, task, dependencies=()):
        add_task(self, name, task, [need for need in dependencies if need != name])

    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% wrong replaces_and_then_refuses gets takes-a-name-twice breaks order
class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    def add_task(self, name, task, dependencies=()):
        taken = name in self.tasks
        self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))
        if taken:
            raise GraphError(f"there is a task {name!r} already")

    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% wrong same_function_again gets takes-the-same-again breaks order
class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    def add_task(self, name, task, dependencies=()):
        if name in self.tasks and self.tasks[name].task is not task:
            raise GraphError(f"there is a task {name!r} already")
        self.tasks[name] = TaskDependency(task=task, depends_on=list(dependencies))

    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% wrong only_the_last_results gets loses-results breaks run
class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self):
        results = await run(self)
        needed = {need for node in self.tasks.values() for need in node.depends_on}
        return {name: result for name, result in results.items() if name not in needed}


# %% wrong names_of_the_first_run gets later-name-unchecked breaks order
class MyTaskManager:
    def __init__(self):
        self.tasks = {}
        self.checked = False

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies

    async def run(self):
        if not self.checked:
            self.resolve_dependencies()
            self.checked = True
        results = {}
        done = {name: asyncio.Event() for name in self.tasks}

        async def one(name):
            needs = [need for need in self.tasks[name].depends_on if need in done]
            for needed in needs:
                await done[needed].wait()
            results[name] = await call(self.tasks[name].task, *[results[need] for need in needs])
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in list(self.tasks):
                group.create_task(one(name))
        return results


# %% wrong object_in_a_thread gets loses-an-object breaks run
import inspect


class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self):
        results = {}
        order = self.resolve_dependencies()
        done = {name: asyncio.Event() for name in order}

        async def one(name):
            task, needs = self.tasks[name].task, self.tasks[name].depends_on
            for needed in needs:
                await done[needed].wait()
            if inspect.iscoroutinefunction(task):
                results[name] = await task(*self.arguments_for(name, results))
            else:
                results[name] = await run_in_threadpool(task, *self.arguments_for(name, results))
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(one(name))
        return results


# %% wrong again_after_network_errors gets tries-again breaks run
class MyTaskManager:
    def __init__(self):
        self.tasks = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self):
        results = {}
        order = self.resolve_dependencies()
        done = {name: asyncio.Event() for name in order}

        async def one(name):
            task, needs = self.tasks[name].task, self.tasks[name].depends_on
            for needed in needs:
                await done[needed].wait()
            try:
                results[name] = await call(task, *self.arguments_for(name, results))
            except (ConnectionError, TimeoutError):
                results[name] = await call(task, *self.arguments_for(name, results))
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(one(name))
        return results


# %% right closures
class MyTaskManager:
    def __init__(self) -> None:
        functions: dict[str, Callable[..., Any]] = {}
        arrows: dict[str, tuple[str, ...]] = {}

        def add(name, task, dependencies=()):
            if name in functions:
                raise GraphError(f"the name {name!r} is taken")
            functions[name] = task
            arrows[name] = tuple(dependencies)

        def resolve():
            for name, needs in arrows.items():
                for need in needs:
                    if need not in functions:
                        raise GraphError(f"{name!r} waits for an unknown {need!r}")
            done: dict[str, None] = {}
            path: list[str] = []

            def visit(name):
                if name in path:
                    raise GraphError(" -> ".join([*path[path.index(name) :], name]))
                if name not in done:
                    path.append(name)
                    for need in arrows[name]:
                        visit(need)
                    path.pop()
                    done[name] = None

            for name in arrows:
                visit(name)
            return list(done)

        async def run():
            order = resolve()
            loop = asyncio.get_running_loop()
            values = {name: loop.create_future() for name in order}

            async def one(name):
                arguments = [await asyncio.shield(values[need]) for need in arrows[name]]
                values[name].set_result(await call(functions[name], *arguments))

            async with asyncio.TaskGroup() as group:
                for name in order:
                    group.create_task(one(name))
            return {name: value.result() for name, value in values.items()}

        self.add_task, self.resolve_dependencies, self.run = add, resolve, run


# %% wrong kept_for_the_next_run gets stale breaks run
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}
        self.done: dict[str, asyncio.Event] = {}
        self.results: dict[str, Any] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def _one(self, name):
        for needed in self.tasks[name].depends_on:
            await self.done[needed].wait()
        result = await call(self.tasks[name].task, *self.arguments_for(name, self.results))
        self.results[name] = result
        self.done[name].set()

    async def run(self):
        order = self.resolve_dependencies()
        for name in order:
            self.done.setdefault(name, asyncio.Event())
        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(self._one(name))
        return dict(self.results)


# %% wrong one_lock_for_all gets waits-for-another breaks apart
_run = run


class MyTaskManager:
    _turns: dict = {}

    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self):
        self.resolve_dependencies()
        turn = self._turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
        async with turn:
            return await _run(self)


# %% wrong one_thread gets def-one-by-one breaks run
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self):
        results = {}
        order = self.resolve_dependencies()
        done = {name: asyncio.Event() for name in order}
        thread = asyncio.Lock()

        async def one(name):
            node = self.tasks[name]
            for needed in node.depends_on:
                await done[needed].wait()
            arguments = self.arguments_for(name, results)
            if is_async(node.task):
                results[name] = await node.task(*arguments)
            else:
                async with thread:
                    results[name] = await run_in_threadpool(node.task, *arguments)
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(one(name))
        return results


# %% wrong itself_dropped gets takes-a-circle breaks order
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    def add_task(self, name, task, dependencies=()):
        if name in self.tasks:
            raise GraphError(f"there is a task {name!r} already")
        needs = [dependency for dependency in dependencies if dependency != name]
        self.tasks[name] = TaskDependency(task=task, depends_on=needs)

    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% wrong returned_error gets returned-error breaks run
class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self) -> dict[str, Any]:
        results = {}
        order = self.resolve_dependencies()
        done = {name: asyncio.Event() for name in order}

        async def run_one(name):
            for dependency in self.tasks[name].depends_on:
                await done[dependency].wait()
            result = await call(self.tasks[name].task, *self.arguments_for(name, results))
            if isinstance(result, BaseException):
                raise result
            results[name] = result
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(run_one(name))
        return results


# %% wrong copies gets copies breaks run
import copy


class MyTaskManager:
    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self) -> dict[str, Any]:
        results = {}
        order = self.resolve_dependencies()
        done = {name: asyncio.Event() for name in order}

        async def run_one(name):
            for dependency in self.tasks[name].depends_on:
                await done[dependency].wait()
            arguments = map(copy.copy, self.arguments_for(name, results))
            result = await call(self.tasks[name].task, *arguments)
            results[name] = result
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(run_one(name))
        return results


# %% wrong two_threads gets def-one-by-one breaks run
from concurrent.futures import ThreadPoolExecutor
from course.tasks import is_async


class MyTaskManager:
    def __init__(self):
        self.nodes = {}
        self.threads = ThreadPoolExecutor(2)

    def add_task(self, name, task, dependencies=()):
        if name in self.nodes:
            raise GraphError(f"{name} twice")
        self.nodes[name] = (task, list(dependencies))

    def resolve_dependencies(self):
        for name, (_, needs) in self.nodes.items():
            for need in needs:
                if need not in self.nodes:
                    raise GraphError(f"{name}: what is {need}?")
        return list(
            TopologicalSorter({name: needs for name, (_, needs) in self.nodes.items()}).static_order()
        )

    async def run(self):
        running = {}

        async def one(name):
            task, needs = self.nodes[name]
            arguments = [await running[need] for need in needs]
            if is_async(task):
                return await task(*arguments)
            return await asyncio.get_running_loop().run_in_executor(self.threads, task, *arguments)

        async with asyncio.TaskGroup() as group:
            for name in self.resolve_dependencies():
                running[name] = group.create_task(one(name))
        return {name: task.result() for name, task in running.items()}


# %% wrong results_of_the_class gets mixes-managers breaks apart
class MyTaskManager:
    results: dict[str, Any] = {}

    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self) -> dict[str, Any]:
        order = self.resolve_dependencies()
        self.results.clear()
        done = {name: asyncio.Event() for name in order}

        async def run_one(name):
            for dependency in self.tasks[name].depends_on:
                await done[dependency].wait()
            result = await call(self.tasks[name].task, *self.arguments_for(name, self.results))
            self.results[name] = result
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(run_one(name))
        return {name: self.results[name] for name in order}


# %% wrong a_failure_ends_all gets mixes-managers breaks apart
class MyTaskManager:
    jobs: set = set()

    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self) -> dict[str, Any]:
        results = {}
        order = self.resolve_dependencies()
        done = {name: asyncio.Event() for name in order}

        async def run_one(name):
            for dependency in self.tasks[name].depends_on:
                await done[dependency].wait()
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
            done[name].set()

        mine = [asyncio.create_task(run_one(name)) for name in order]
        self.jobs.update(mine)
        try:
            await asyncio.gather(*mine)
        except Exception:
            for job in self.jobs:
                job.cancel()
            raise
        finally:
            self.jobs.difference_update(mine)
        return results


# %% right of_a_dict
class MyTaskManager(dict):
    def add_task(self, name, task, dependencies=()):
        if name in self:
            raise GraphError(f"there is a task {name!r} already")
        self[name] = TaskDependency(task=task, depends_on=list(dependencies))

    @property
    def tasks(self):
        return self

    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for
    run = run


# %% wrong adds_to_what_the_class_keeps gets shares-results breaks apart
class MyTaskManager:
    results: dict[str, Any] = {}

    def __init__(self) -> None:
        self.tasks: dict[str, TaskDependency] = {}

    add_task = add_task
    check_names = check_names
    find_cycle = find_cycle
    resolve_dependencies = resolve_dependencies
    arguments_for = arguments_for

    async def run(self) -> dict[str, Any]:
        MyTaskManager.results = {**self.results, **await run(self)}
        return self.results
