# gets: runs-once
# breaks: once
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    self.tasks.clear()
    return results
