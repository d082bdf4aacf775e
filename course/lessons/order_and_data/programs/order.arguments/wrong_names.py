# gets: names
def arguments_for(self, name, results):
    return self.tasks[name].depends_on
