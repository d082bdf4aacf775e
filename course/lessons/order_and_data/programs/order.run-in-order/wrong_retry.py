# gets: went-on
# breaks: failure
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        arguments = self.arguments_for(name, results)
        try:
            results[name] = await call(self.tasks[name].task, *arguments)
        except Exception:
            results[name] = await call(self.tasks[name].task, *arguments)
    return results
