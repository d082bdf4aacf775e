# gets: results-changed
# breaks: unchanged
def arguments_for(self, name, results):
    return [results.pop(n) for n in self.tasks[name].depends_on]
