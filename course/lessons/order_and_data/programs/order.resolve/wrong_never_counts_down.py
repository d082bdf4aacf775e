# gets: not-all-once
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))

    return [name for name, node in self.tasks.items() if not node.depends_on]
