# gets: does-not-say-what
# breaks: says
def check_names(self):
    for name, node in self.tasks.items():
        for dependency in node.depends_on:
            if dependency not in self.tasks:
                raise GraphError("unknown dependency")
