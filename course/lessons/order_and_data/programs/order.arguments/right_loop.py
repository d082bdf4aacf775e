def arguments_for(self, name, results):
    arguments = []
    for dependency in self.tasks[name].depends_on:
        arguments.append(results.get(dependency))
    return arguments
