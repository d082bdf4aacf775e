# gets: too-many
def arguments_for(self, name, results):
    return [results.get(n) for n in [*self.tasks[name].depends_on, name]]
