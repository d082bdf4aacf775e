# gets: not-a-list
def arguments_for(self, name, results):
    return "".join(map(str, [results[d] for d in self.tasks[name].depends_on]))
