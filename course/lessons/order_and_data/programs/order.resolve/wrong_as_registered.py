# gets: too-early
def resolve_dependencies(self):
    self.check_names()
    if circle := self.find_cycle():
        raise GraphError(" -> ".join(circle))
    return list(self.tasks)
