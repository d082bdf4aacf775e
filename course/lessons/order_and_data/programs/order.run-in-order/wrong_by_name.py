# gets: too-early
async def run_in_order(self):
    results = {}
    for name in sorted(self.tasks):
        results[name] = await call(
            self.tasks[name].task, *[results.get(d) for d in self.tasks[name].depends_on]
        )
    return results
