# %% starter
def check_names(self) -> None:
    """GraphError if a task waits for a name that no task has."""
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if ____:
                raise GraphError(____)


# %% right reference
def check_names(self) -> None:
    """GraphError if a task waits for a name that no task has."""
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                raise GraphError(f"{name!r} waits for {dependency!r}, and no task is called that")


# %% right all_at_once
def check_names(self):
    unknown = [(n, d) for n in self.tasks for d in self.tasks[n].depends_on if d not in list(self.tasks)]
    if unknown:
        raise GraphError("; ".join(f"{n} waits for {d}, which is nowhere" for n, d in unknown))


# %% right sets_and_nearest
from difflib import get_close_matches


def check_names(self):
    for name, node in self.tasks.items():
        missing = set(node.depends_on) - self.tasks.keys()
        if missing:
            wrong = min(missing)
            near = get_close_matches(wrong, self.tasks)
            raise GraphError(f"{name} -> {wrong}? did you mean {near}?")


# %% wrong first_dependency_only gets accepts-unknown
def check_names(self):
    for name, node in self.tasks.items():
        if node.depends_on and node.depends_on[0] not in self.tasks:
            raise GraphError(f"{name!r} waits for {node.depends_on[0]!r}")


# %% wrong names_of_functions gets accepts-unknown
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if not isinstance(dependency, str):
                raise GraphError(f"{name!r} waits for {dependency!r}")


# %% wrong returns_false gets accepts-unknown
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                return False
    return True


# %% wrong some_are_enough gets accepts-unknown
def check_names(self):
    for name, node in self.tasks.items():
        if node.depends_on and not any(d in self.tasks for d in node.depends_on):
            raise GraphError(f"{name!r} waits for {node.depends_on!r}")


# %% wrong last_dep_only gets accepts-unknown breaks refuses
def check_names(self):
    for name, node in self.tasks.items():
        if node.depends_on and node.depends_on[-1] not in self.tasks:
            raise GraphError(f"{name!r} waits for {node.depends_on[-1]!r}")


# %% wrong lower gets accepts-unknown breaks refuses
def check_names(self):
    names = {n.lower() for n in self.tasks}
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency.lower() not in names:
                raise GraphError(f"{name!r} waits for {dependency!r}")


# %% wrong prefix gets accepts-unknown breaks refuses
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if not any(dependency in n for n in self.tasks):
                raise GraphError(f"{name!r} waits for {dependency!r}")


# %% wrong no_names gets does-not-say-what
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                raise GraphError("unknown dependency")


# %% wrong only_the_task gets does-not-say-what
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                raise GraphError(f"{name!r} has an unknown dependency")


# %% wrong no_names_at_all gets does-not-say-what breaks says
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                raise GraphError("unknown dependency")


# %% wrong key_error gets does-not-say-who
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            self.tasks[dependency]


# %% wrong only_the_unknown gets does-not-say-who
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                raise GraphError(f"unknown dependency {dependency!r}")


# %% wrong compares_with_functions gets refuses-known
def check_names(self):
    known = [node.task.__name__ for node in self.tasks.values()]
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in known:
                raise GraphError(f"{name!r} waits for {dependency!r}")


# %% wrong earlier_only gets refuses-known
def check_names(self):
    known = set()
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in known:
                raise GraphError(f"{name!r} waits for {dependency!r}")
        known.add(name)


# %% wrong wrong_way_round gets refuses-known
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency in self.tasks:
                raise GraphError(f"{name!r} waits for {dependency!r}")


# %% wrong first_task_only gets engine.raised breaks refuses
def check_names(self):
    name, node = list(self.tasks.items())[-1]
    for dependency in node.depends_on:
        if dependency not in self.tasks:
            raise GraphError(f"{name!r} waits for {dependency!r}")


# %% wrong refuses_circle gets refuses-itself breaks known
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks or dependency == name:
                raise GraphError(f"{name!r} waits for {dependency!r}")


# %% wrong adds_placeholder gets changed breaks unchanged
def check_names(self):
    for name, node in list(self.tasks.items()):
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                self.tasks[dependency] = TaskDependency(task=print)
                raise GraphError(f"{name!r} waits for {dependency!r}")


# %% wrong mutates gets changed breaks unchanged
def check_names(self):
    for name, node in list(self.tasks.items()):
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                del self.tasks[name]
                raise GraphError(f"{name!r} waits for {dependency!r}")


# %% wrong value_error gets other-error breaks refuses
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                raise ValueError(f"{name!r} waits for {dependency!r}")


# %% wrong limit_ten gets accepts-unknown
def check_names(self) -> None:
    for name, node in list(self.tasks.items())[:10]:
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                raise GraphError(f"{name!r} waits for {dependency!r}")


# %% wrong clears_good gets changed
def check_names(self) -> None:
    for name, node in self.tasks.items():
        node.depends_on = tuple(node.depends_on)
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                raise GraphError(f"{name!r} waits for {dependency!r}")


# %% wrong beginner_noself gets engine.raised
def check_names(self) -> None:
    for name, node in tasks.items():
        for dependency in node.depends_on:
            if dependency not in tasks:
                raise GraphError(f"{name!r} waits for {dependency!r}")


# %% wrong looked_at_once gets looks-once breaks refuses
def check_names(self):
    if getattr(self, "names_are_checked", False):
        return
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                raise GraphError(f"{name!r} waits for {dependency!r}")
    self.names_are_checked = True


# %% wrong function_names gets accepts-unknown
def check_names(self) -> None:
    known = {*self.tasks, *(getattr(node.task, "__name__", "") for node in self.tasks.values())}
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in known:
                raise GraphError(f"{name!r} waits for {dependency!r}")


# %% wrong itself_beside_others gets refuses-itself breaks known
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks or (dependency == name and len(node.depends_on) > 1):
                raise GraphError(f"{name!r} waits for {dependency!r}")


# %% wrong from_the_ends gets accepts-on-a-cycle breaks refuses
def check_names(self):
    waited_for = {dependency for node in self.tasks.values() for dependency in node.depends_on}
    to_visit = [name for name in self.tasks if name not in waited_for]
    visited = set()
    while to_visit:
        name = to_visit.pop()
        if name in visited:
            continue
        visited.add(name)
        for dependency in self.tasks[name].depends_on:
            if dependency not in self.tasks:
                raise GraphError(f"{name!r} waits for {dependency!r}")
            to_visit.append(dependency)


# %% wrong stops_at_a_free_task gets accepts-unknown breaks refuses
def check_names(self) -> None:
    seen = False
    for name, node in self.tasks.items():
        if seen and not node.depends_on:
            break
        seen = True
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                raise GraphError(f"{name!r} waits for {dependency!r}")
