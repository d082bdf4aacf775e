# gets: not-there-yet
# breaks: once
async def run_in_order(self):
    results = {}
    for name, node in self.tasks.items():
        results[name] = await call(node.task, *(results[n] for n in node.depends_on))
    return results
