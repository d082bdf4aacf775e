# %% starter
def resolve_dependencies(self) -> list[str]:
    """All names, each after those it waits for; GraphError, with its path, if there is a circle."""
    self.check_names()
    waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
    ready = [name for name, number in waiting_for.items() if number == 0]
    order = []
    while ready:
        ____
    if len(order) < len(self.tasks):
        raise GraphError(____)
    return order


# %% right reference
def resolve_dependencies(self) -> list[str]:
    """All names, each after those it waits for; GraphError, with its path, if there is a circle."""
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
        raise GraphError("in a circle: " + " -> ".join(self.find_cycle()))
    return order


# %% right arrows_turned_in_the_message
def resolve_dependencies(self):
    self.check_names()
    waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
    ready = [name for name, number in waiting_for.items() if number == 0]
    i = 0
    while i < len(ready):
        name = ready[i]
        i += 1
        for other, node in self.tasks.items():
            for d in set(node.depends_on):
                if d == name:
                    waiting_for[other] -= 1
                    if waiting_for[other] == 0:
                        ready.append(other)
    if len(ready) < len(self.tasks):
        raise GraphError(" <- ".join(reversed(self.find_cycle())))
    return ready


# %% right circle_first
def resolve_dependencies(self):
    self.check_names()
    circle = self.find_cycle()
    if circle:
        raise GraphError("\n waits for ".join(circle))
    left = {n: set(node.depends_on) for n, node in self.tasks.items()}
    order = [n for n in left if not left[n]]
    for name in order:
        for other, needs in left.items():
            if name in needs:
                needs.discard(name)
                if not needs:
                    order.append(other)
    return order


# %% right deque
from collections import defaultdict, deque


def resolve_dependencies(self):
    self.check_names()
    children = defaultdict(list)
    waiting = {}
    for name, node in self.tasks.items():
        waiting[name] = len(set(node.depends_on))
        for d in set(node.depends_on):
            children[d].append(name)
    ready = deque(n for n, c in waiting.items() if not c)
    order = []
    while ready:
        order.append(name := ready.popleft())
        for child in children[name]:
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    if len(order) != len(self.tasks):
        raise GraphError(f"there is a circle: {self.find_cycle()}")
    return order


# %% wrong backwards gets backwards
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))

    graph = {name: node.depends_on for name, node in self.tasks.items()}
    return list(TopologicalSorter(graph).static_order())[::-1]


# %% wrong graphlib_arrows_turned_round gets backwards
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))

    graph = {name: [] for name in self.tasks}
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            graph[dependency].append(name)
    return list(TopologicalSorter(graph).static_order())


# %% wrong eats_the_graph gets changed
def resolve_dependencies(self):
    self.check_names()
    order = []
    while any(name not in order for name in self.tasks):
        free = [name for name, node in self.tasks.items() if name not in order and not node.depends_on]
        if not free:
            raise GraphError(" -> ".join(self.find_cycle()))
        for name in free:
            order.append(name)
            for node in self.tasks.values():
                if name in node.depends_on:
                    node.depends_on.remove(name)
    return order


# %% wrong circle_ignored gets circle-accepted
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
    return order


# %% wrong circle_put_last gets circle-accepted
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
    return order + [name for name in self.tasks if name not in order]


# %% wrong circle_says_what_is_done gets circle-unnamed
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
        raise GraphError(f"a circle; only {order} can run")
    return order


# %% wrong circle_unnamed gets circle-unnamed
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
        raise GraphError("there is a cycle")
    return order


# %% wrong recursion gets not-as-registered
def resolve_dependencies(self) -> list[str]:
    self.check_names()
    order = []

    def visit(name):
        for dependency in self.tasks[name].depends_on:
            visit(dependency)
        if name not in order:
            order.append(name)

    for name in self.tasks:
        visit(name)
    return order


# %% wrong cycle_all_left gets circle-unnamed breaks circle
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
        raise GraphError(f"circle: {[n for n in self.tasks if n not in order]}")
    return order


# %% wrong set gets circle-unnamed breaks circle
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
        raise GraphError(f"circle among {sorted(set(self.find_cycle()))}")
    return order


# %% wrong a_number gets not-a-list
def resolve_dependencies(self) -> list[str]:
    self.check_names()
    waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
    ready = [name for name, number in waiting_for.items() if number == 0]
    return len(ready)


# %% wrong layers_as_lists gets not-all-once
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))

    order, left = [], list(self.tasks)
    while left:
        layer = [n for n in left if not any(d in left for d in self.tasks[n].depends_on)]
        order.append(layer)
        left = [n for n in left if n not in layer]
    return [", ".join(layer) for layer in order]


# %% wrong never_counts_down gets not-all-once
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))

    return [name for name, node in self.tasks.items() if not node.depends_on]


# %% wrong once_per_arrow gets not-all-once
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))

    ready = [name for name, node in self.tasks.items() if not node.depends_on]
    order = []
    while ready:
        name = ready.pop(0)
        order.append(name)
        ready += [
            other
            for other, node in self.tasks.items()
            if name in node.depends_on and set(node.depends_on) <= set(order)
        ]
        if len(order) == 2:
            order.append(name)
    return order


# %% wrong only_with_dependencies gets not-all-once breaks after
def resolve_dependencies(self):
    self.check_names()
    used = {d for node in self.tasks.values() for d in node.depends_on}
    waiting_for = {
        name: len(set(node.depends_on))
        for name, node in self.tasks.items()
        if node.depends_on or name in used
    }
    total = len(waiting_for)
    ready = [name for name, number in waiting_for.items() if number == 0]
    order = []
    while ready:
        name = ready.pop(0)
        order.append(name)
        for other in waiting_for:
            if name in self.tasks[other].depends_on:
                waiting_for[other] -= 1
                if waiting_for[other] == 0:
                    ready.append(other)
    if len(order) < total:
        raise GraphError(" -> ".join(self.find_cycle()))
    return order


# %% wrong alphabetical gets not-as-registered
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))

    order = []
    while len(order) < len(self.tasks):
        order.append(
            min(n for n in self.tasks if n not in order and set(self.tasks[n].depends_on) <= set(order))
        )
    return order


# %% wrong last_in_first_out gets not-as-registered
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))

    waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
    ready = [name for name, number in waiting_for.items() if number == 0]
    order = []
    while ready:
        name = ready.pop()
        order.append(name)
        for other, node in self.tasks.items():
            if name in node.depends_on:
                waiting_for[other] -= 1
                if waiting_for[other] == 0:
                    ready.append(other)
    return order


# %% wrong depth_first gets not-as-registered breaks first-come
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" waits for ".join(circle))
    order = {}

    def visit(name):
        for dependency in self.tasks[name].depends_on:
            visit(dependency)
        order.setdefault(name)

    for name in self.tasks:
        visit(name)
    return list(order)


# %% wrong first_that_can gets not-as-registered breaks first-come
def resolve_dependencies(self):
    self.check_names()
    order = []
    while len(order) < len(self.tasks):
        for name, node in self.tasks.items():
            if name not in order and set(node.depends_on) <= set(order):
                order.append(name)
                break
        else:
            raise GraphError(f"in a circle: {self.find_cycle()}")
    return order


# %% wrong graphlib gets not-as-registered breaks first-come
def resolve_dependencies(self):
    self.check_names()
    graph = {name: node.depends_on for name, node in self.tasks.items()}
    return list(TopologicalSorter(graph).static_order())


# %% wrong new_ones_first gets not-as-registered breaks first-come
def resolve_dependencies(self):
    self.check_names()
    waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
    ready = [name for name, number in waiting_for.items() if number == 0]
    order = []
    while ready:
        name = ready.pop(0)
        order.append(name)
        new = []
        for other, node in self.tasks.items():
            if name in node.depends_on:
                waiting_for[other] -= 1
                if waiting_for[other] == 0:
                    new.append(other)
        ready = new + ready
    if len(order) < len(self.tasks):
        raise GraphError(" -> ".join(self.find_cycle()))
    return order


# %% wrong ready_sorted gets not-as-registered breaks first-come
def resolve_dependencies(self):
    self.check_names()
    waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
    ready = [name for name, number in waiting_for.items() if number == 0]
    order = []
    while ready:
        ready.sort()
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


# %% wrong tuple_of_layers gets not-as-registered breaks first-come
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))
    order = []
    while len(order) < len(self.tasks):
        layer = [n for n, node in self.tasks.items() if n not in order and set(node.depends_on) <= set(order)]
        order += layer
    return order


# %% wrong as_registered gets too-early
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))
    return list(self.tasks)


# %% wrong by_number gets too-early
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))

    return sorted(self.tasks, key=lambda name: len(self.tasks[name].depends_on))


# %% wrong ready_at_any_arrow gets too-early
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))

    ready = [name for name, node in self.tasks.items() if not node.depends_on]
    order = []
    while ready:
        name = ready.pop(0)
        order.append(name)
        for other, node in self.tasks.items():
            if name in node.depends_on and other not in order and other not in ready:
                ready.append(other)
    return order


# %% wrong check_at_end gets names-unchecked breaks names
def resolve_dependencies(self):
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
    self.check_names()
    return order


# %% wrong no_check gets names-unchecked breaks names
def resolve_dependencies(self):
    waiting_for = {
        name: len({d for d in node.depends_on if d in self.tasks}) for name, node in self.tasks.items()
    }
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
        raise GraphError(str(self.find_cycle()))
    return order


# %% wrong entries gets not-names breaks after
def resolve_dependencies(self):
    self.check_names()
    waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
    ready = [name for name, number in waiting_for.items() if number == 0]
    order = []
    while ready:
        name = ready.pop(0)
        order.append(self.tasks[name])
        for other, node in self.tasks.items():
            if name in node.depends_on:
                waiting_for[other] -= 1
                if waiting_for[other] == 0:
                    ready.append(other)
    if len(order) < len(self.tasks):
        raise GraphError(" -> ".join(self.find_cycle()))
    return order


# %% wrong circle_by_another_error gets other-error breaks circle
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
        raise ValueError(" -> ".join(self.find_cycle()))
    return order


# %% wrong cached gets remembered breaks fresh
def resolve_dependencies(self):
    if hasattr(self, "order"):
        return self.order
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
    self.order = order
    return order


# %% wrong leaves_the_circle gets changed breaks fresh
def resolve_dependencies(self) -> list[str]:
    """All names, each after those it waits for; GraphError, with its path, if there is a circle."""
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
        path = self.find_cycle()
        for name in order:
            del self.tasks[name]  # only the circle is left to look at
        raise GraphError("in a circle: " + " -> ".join(path))
    return order


# %% wrong big_ties gets not-as-registered
def resolve_dependencies(self) -> list[str]:
    self.check_names()
    waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
    ready = [name for name, number in waiting_for.items() if number == 0]
    order = []
    if len(ready) > 12:
        ready.sort()
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


# %% wrong cached_len gets remembered
def resolve_dependencies(self) -> list[str]:
    if getattr(self, "_o", None) and len(self._o) == len(self.tasks):
        return list(self._o)
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
    self._o = list(order)
    return order


# %% wrong pops gets changed
def resolve_dependencies(self) -> list[str]:
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
    self.tasks = {n: self.tasks[n] for n in order}
    return order


# %% wrong beginner_inf gets false-alarm
def resolve_dependencies(self) -> list[str]:
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
    if len(order) < len(self.tasks):
        raise GraphError(" -> ".join(self.find_cycle()))
    return order


# %% wrong counts_names_twice gets counted-twice
def resolve_dependencies(self) -> list[str]:
    self.check_names()
    waiting_for = {name: len(node.depends_on) for name, node in self.tasks.items()}
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
        raise GraphError("a cycle: " + " -> ".join(self.find_cycle()))
    return order


# %% wrong path_sorted gets circle-unnamed
def resolve_dependencies(self) -> list[str]:
    self.check_names()
    waiting_for = {name: len(node.depends_on) for name, node in self.tasks.items()}
    ready = [name for name, number in waiting_for.items() if number == 0]
    order = []
    while ready:
        name = ready.pop(0)
        order.append(name)
        for other, node in self.tasks.items():
            for need in node.depends_on:
                if need == name:
                    waiting_for[other] -= 1
                    if waiting_for[other] == 0:
                        ready.append(other)
    if len(order) < len(self.tasks):
        raise GraphError("a cycle: " + ", ".join(sorted(set(self.find_cycle()))))
    return order


# %% wrong counts_down_for_each_mention gets counted-down-twice breaks after
from collections import deque


def resolve_dependencies(self):
    self.check_names()
    waiting_for = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
    ready = deque(name for name, number in waiting_for.items() if number == 0)
    order = []
    while ready:
        name = ready.popleft()
        order.append(name)
        for other, node in self.tasks.items():
            for need in node.depends_on:
                if need == name:
                    waiting_for[other] -= 1
                    if waiting_for[other] == 0:
                        ready.append(other)
    if len(order) < len(self.tasks):
        raise GraphError("a cycle: " + " -> ".join(self.find_cycle()))
    return order


# %% right one_arrow_a_line
from collections import OrderedDict, deque


class _Walk:
    def __init__(self, arrows):
        self.standing = OrderedDict((name, set(needs)) for name, needs in arrows)
        self.line = deque()
        self.move()

    def move(self):
        free = [name for name, needs in self.standing.items() if not needs]
        for name in free:
            del self.standing[name]
        self.line.extend(free)

    def __iter__(self):
        return self

    def __next__(self):
        if not self.line:
            raise StopIteration
        fallen = self.line.popleft()
        for needs in self.standing.values():
            needs.discard(fallen)
        self.move()
        return fallen


def resolve_dependencies(self) -> list[str]:
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError("\n".join(f"{one} -> {two}" for one, two in zip(circle, circle[1:])))
    return [*_Walk((name, node.depends_on) for name, node in self.tasks.items())]
