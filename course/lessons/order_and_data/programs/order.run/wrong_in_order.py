# gets: one-by-one
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    for name in order:
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    return results
