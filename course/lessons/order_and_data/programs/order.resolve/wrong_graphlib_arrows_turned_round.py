# gets: backwards
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))

    graph = {name: [] for name in self.tasks}
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            graph[dependency].append(name)
    return list(TopologicalSorter(graph).static_order())
