# gets: engine.raised
# breaks: as-is
def arguments_for(self, name, results):
    return list(dict.fromkeys(results[n] for n in self.tasks[name].depends_on))
