# gets: dropped
# breaks: as-is
def arguments_for(self, name, results):
    return [results[n] for n in self.tasks[name].depends_on if results.get(n)]
