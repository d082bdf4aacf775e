# gets: not-as-registered
# breaks: first-come
def resolve_dependencies(self):
    self.check_names()
    graph = {name: node.depends_on for name, node in self.tasks.items()}
    return list(TopologicalSorter(graph).static_order())
