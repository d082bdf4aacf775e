# gets: order-of-finishing
def arguments_for(self, name, results):
    return [results[d] for d in sorted(self.tasks[name].depends_on, reverse=True)]
