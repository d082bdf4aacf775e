async def run_in_order(self):
    results = {}
    self.check_names()
    graph = {name: node.depends_on for name, node in self.tasks.items()}
    for name in TopologicalSorter(graph).static_order():
        node = self.tasks[name]
        arguments = [results[d] for d in node.depends_on]
        if asyncio.iscoroutinefunction(node.task):
            results[name] = await node.task(*arguments)
        else:
            results[name] = await asyncio.to_thread(node.task, *arguments)
    return results
