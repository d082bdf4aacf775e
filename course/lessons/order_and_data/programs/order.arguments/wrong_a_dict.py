# gets: not-a-list
def arguments_for(self, name, results):
    return {d: results[d] for d in self.tasks[name].depends_on}
