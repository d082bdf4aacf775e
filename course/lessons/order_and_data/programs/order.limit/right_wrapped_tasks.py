async def run_limited(self, limit):
    places = asyncio.Semaphore(limit)

    def limited(task):
        async def inside(*arguments):
            async with places:
                return await call(task, *arguments)

        return inside

    class Twin:
        tasks = {
            n: TaskDependency(task=limited(x.task), depends_on=x.depends_on) for n, x in self.tasks.items()
        }
        check_names, find_cycle, resolve_dependencies = check_names, find_cycle, resolve_dependencies
        arguments_for, run = arguments_for, run

    return await Twin().run()
