# gets: not-as-registered
# breaks: first-come
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))
    order = []
    while len(order) < len(self.tasks):
        layer = [n for n, node in self.tasks.items() if n not in order and set(node.depends_on) <= set(order)]
        order += layer
    return order
