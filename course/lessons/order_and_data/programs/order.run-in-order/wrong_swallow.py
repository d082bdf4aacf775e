# gets: went-on
# breaks: failure
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        try:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        except Exception:
            results[name] = None
    return results
