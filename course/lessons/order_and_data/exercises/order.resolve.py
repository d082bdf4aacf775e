# %% starter
def resolve_dependencies(self) -> list[str]:
    """All names, each after those it waits for; GraphError, with its path, if there is a circle."""
    self.check_names()
    waiting_for = {name: len(node.depends_on) for name, node in self.tasks.items()}
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
        raise GraphError("in a circle: " + " -> ".join(self.find_cycle()))
    return order


# %% right depth_first
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


# %% right first_that_can
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


# %% right graphlib
def resolve_dependencies(self):
    self.check_names()
    graph = {name: node.depends_on for name, node in self.tasks.items()}
    return list(TopologicalSorter(graph).static_order())


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
    return order


# %% wrong circle_put_last gets circle-accepted
def resolve_dependencies(self):
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
    return order + [name for name in self.tasks if name not in order]


# %% wrong circle_says_what_is_done gets circle-unnamed
def resolve_dependencies(self):
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
        raise GraphError(f"a circle; only {order} can run")
    return order


# %% wrong circle_unnamed gets circle-unnamed
def resolve_dependencies(self):
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
        raise GraphError("there is a cycle")
    return order


# %% wrong recursion gets circle-unnamed
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


# %% wrong a_number gets not-a-list
def resolve_dependencies(self) -> list[str]:
    self.check_names()
    waiting_for = {name: len(node.depends_on) for name, node in self.tasks.items()}
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

    waiting_for = {name: len(node.depends_on) for name, node in self.tasks.items()}
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
