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
