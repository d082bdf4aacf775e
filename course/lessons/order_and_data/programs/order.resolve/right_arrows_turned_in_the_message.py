def resolve_dependencies(self):
    self.check_names()
    waiting_for = {name: len(node.depends_on) for name, node in self.tasks.items()}
    ready = [name for name, number in waiting_for.items() if number == 0]
    i = 0
    while i < len(ready):
        name = ready[i]
        i += 1
        for other, node in self.tasks.items():
            for d in node.depends_on:
                if d == name:
                    waiting_for[other] -= 1
                    if waiting_for[other] == 0:
                        ready.append(other)
    if len(ready) < len(self.tasks):
        raise GraphError(" <- ".join(reversed(self.find_cycle())))
    return ready
