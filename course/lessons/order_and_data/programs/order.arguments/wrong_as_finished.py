# gets: order-of-finishing
def arguments_for(self, name, results):
    return [value for key, value in results.items() if key in self.tasks[name].depends_on]
