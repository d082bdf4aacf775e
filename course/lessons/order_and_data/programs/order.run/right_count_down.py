async def run(self):
    results = {}
    self.resolve_dependencies()
    left = {name: len(node.depends_on) for name, node in self.tasks.items()}

    async with asyncio.TaskGroup() as group:

        async def one(name):
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
            for other, node in self.tasks.items():
                if name in node.depends_on:
                    left[other] -= 1
                    if not left[other]:
                        group.create_task(one(other))

        for name in [n for n in left if not left[n]]:
            group.create_task(one(name))
    return results
