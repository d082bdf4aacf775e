# gets: results
# breaks: hands-on
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        value = await call(self.tasks[name].task, *self.arguments_for(name, results))
        results[name] = value
    return {n: v for n, v in results.items() if v is not None}
