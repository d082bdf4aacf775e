# gets: other
def arguments_for(self, name, results):
    return list(results.values())[-1:] if self.tasks[name].depends_on else []
