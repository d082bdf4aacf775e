# gets: not-refused
# breaks: refused
async def run_in_order(self):
    results, left = {}, dict(self.tasks)
    while ready := [name for name, node in left.items() if set(node.depends_on) <= set(results)]:
        node = left.pop(ready[0])
        results[ready[0]] = await call(node.task, *[results[need] for need in node.depends_on])
    return results
