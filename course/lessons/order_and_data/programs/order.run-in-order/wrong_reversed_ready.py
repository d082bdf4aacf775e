# gets: engine.endless-call
# breaks: refused
async def run_in_order(self):
    results = {}
    while len(results) < len(self.tasks):
        for name, node in self.tasks.items():
            if name not in results and all(d in results for d in node.depends_on):
                results[name] = await call(node.task, *self.arguments_for(name, results))
    return results
