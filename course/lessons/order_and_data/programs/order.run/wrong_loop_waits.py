# gets: queues-up
# breaks: ready
async def run(self):
    results = {}
    running = {}
    async with asyncio.TaskGroup() as group:
        for name in self.resolve_dependencies():
            for need in self.tasks[name].depends_on:
                results[need] = await running[need]
            running[name] = group.create_task(call(self.tasks[name].task, *self.arguments_for(name, results)))
    return {name: task.result() for name, task in running.items()}
