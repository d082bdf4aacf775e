# gets: not-all-once
# breaks: after
def resolve_dependencies(self):
    self.check_names()
    used = {d for node in self.tasks.values() for d in node.depends_on}
    waiting_for = {
        name: len(node.depends_on) for name, node in self.tasks.items() if node.depends_on or name in used
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
