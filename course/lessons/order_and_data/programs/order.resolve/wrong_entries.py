# gets: not-names
# breaks: after
def resolve_dependencies(self):
    self.check_names()
    waiting_for = {name: len(node.depends_on) for name, node in self.tasks.items()}
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
