# gets: left-out
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        results[name] = call(self.tasks[name].task, *self.arguments_for(name, results))
        results[name].close()
    return results
