# gets: other
def arguments_for(self, name, results):
    return [[results[d] for d in self.tasks[name].depends_on]]
