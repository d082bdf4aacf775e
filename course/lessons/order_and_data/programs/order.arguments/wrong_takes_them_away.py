# gets: changed
# breaks: unchanged
def arguments_for(self, name, results):
    needs = self.tasks[name].depends_on
    arguments = []
    while needs:
        arguments.append(results[needs.pop(0)])
    return arguments
