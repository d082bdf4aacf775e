# gets: runs-queue
# breaks: apart
async def run(self):
    lock = self.__dict__.setdefault("lock", asyncio.Lock())
    async with lock:
        results = {}
        order = self.resolve_dependencies()
        done = {name: asyncio.Event() for name in order}

        async def one(name):
            for need in self.tasks[name].depends_on:
                await done[need].wait()
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(one(name))
        return results
