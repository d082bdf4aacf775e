# gets: backwards
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))

    graph = {name: node.depends_on for name, node in self.tasks.items()}
    return list(TopologicalSorter(graph).static_order())[::-1]
