async def run_in_order(self):
    results = {}
    tasks = BackgroundTasks()

    async def one(name):
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))

    for name in self.resolve_dependencies():
        tasks.add_task(one, name)
    await tasks()
    return results
