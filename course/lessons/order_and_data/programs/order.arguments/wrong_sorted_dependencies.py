# gets: order-of-finishing
# breaks: unchanged
def arguments_for(self, name, results):
    self.tasks[name].depends_on.sort()
    return [results[n] for n in self.tasks[name].depends_on]
