def arguments_for(self, name, results):
    return tuple(map(results.__getitem__, self.tasks[name].depends_on))
