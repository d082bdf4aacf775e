# gets: runs-once
# breaks: once
async def run_in_order(self):
    self.results = getattr(self, "results", {})
    for name in self.resolve_dependencies():
        if name not in self.results:
            self.results[name] = await call(self.tasks[name].task, *self.arguments_for(name, self.results))
    return self.results
