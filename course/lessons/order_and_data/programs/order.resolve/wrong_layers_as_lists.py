# gets: not-all-once
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
