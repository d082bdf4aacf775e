# gets: place-held
# breaks: full
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    while len(results) < len(order):
        ready = [
            n for n in order if n not in results and all(d in results for d in self.tasks[n].depends_on)
        ][:limit]
        values = await asyncio.gather(
            *(call(self.tasks[n].task, *self.arguments_for(n, results)) for n in ready)
        )
        results.update(zip(ready, values))
    return results
