# gets: too-early
async def run_in_order(self):
    results = {}
    for name in reversed(self.resolve_dependencies()):
        arguments = [results.get(d) for d in self.tasks[name].depends_on]
        results[name] = await call(self.tasks[name].task, *arguments)
    return results
