# gets: layers
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    sorter = TopologicalSorter({name: node.depends_on for name, node in self.tasks.items()})
    sorter.prepare()
    while sorter.is_active():
        layer = sorter.get_ready()
        found = await asyncio.gather(
            *(call(self.tasks[n].task, *self.arguments_for(n, results)) for n in layer)
        )
        results.update(zip(layer, found))
        sorter.done(*layer)
    return results
