# gets: order-of-finishing
# breaks: order
def arguments_for(self, name, results):
    return [results[n] for n in self.tasks[name].depends_on[::-1]]
