async def run(self) -> dict[str, Any]:
    """Run every task once, as soon as all it waits for is done; return the results by name."""
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name: str) -> None:
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results
