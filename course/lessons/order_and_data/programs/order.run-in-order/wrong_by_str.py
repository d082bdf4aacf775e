# gets: arguments
# breaks: hands-on
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        results[name] = str(await call(self.tasks[name].task, *self.arguments_for(name, results)))
    return results
