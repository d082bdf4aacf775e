# gets: other
# breaks: as-is
def arguments_for(self, name, results):
    values = []
    for n in self.tasks[name].depends_on:
        values += results[n] if isinstance(results[n], list) else [results[n]]
    return values
