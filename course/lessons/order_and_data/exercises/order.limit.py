# %% starter
async def run_limited(self, limit: int) -> dict[str, Any]:
    """Like run, with at most `limit` tasks running at the same time."""
    return ____


# %% right reference
async def run_limited(self, limit: int) -> dict[str, Any]:
    """Like run, with at most `limit` tasks running at the same time."""
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name: str) -> None:
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% right condition
async def run_limited(self, limit):
    self.check_names()
    self.resolve_dependencies()
    results, free, news = {}, limit, asyncio.Condition()

    async def one(name, node):
        nonlocal free
        async with news:
            await news.wait_for(lambda: free > 0 and set(node.depends_on) <= results.keys())
            free -= 1
        try:
            results[name] = await call(node.task, *self.arguments_for(name, results))
        finally:
            async with news:
                free += 1
                news.notify_all()

    await asyncio.gather(*(one(*item) for item in self.tasks.items()))
    return results


# %% right graphlib_window
async def run_limited(self, limit):
    sorter = TopologicalSorter({name: node.depends_on for name, node in self.tasks.items()})
    sorter.prepare()
    results, running, ready = {}, {}, []
    while sorter.is_active():
        ready += sorter.get_ready()
        while ready and len(running) < limit:
            name = ready.pop(0)
            running[asyncio.create_task(call(self.tasks[name].task, *self.arguments_for(name, results)))] = (
                name
            )
        ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            name = running.pop(task)
            results[name] = task.result()
            sorter.done(name)
    return results


# %% right workers
async def run_limited(self, limit):
    results, queue = {}, asyncio.Queue()
    left = {name: len(node.depends_on) for name, node in self.tasks.items()}
    for name in left:
        if not left[name]:
            queue.put_nowait(name)

    async def worker():
        while True:
            name = await queue.get()
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
            for other, node in self.tasks.items():
                if name in node.depends_on:
                    left[other] -= 1
                    if not left[other]:
                        queue.put_nowait(other)
            queue.task_done()

    workers = [asyncio.create_task(worker()) for _ in range(limit)]
    await queue.join()
    for each in workers:
        each.cancel()
    return results


# %% wrong no_arguments gets arguments
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            results[name] = await call(self.tasks[name].task)
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong on_the_loop gets blocks-the-loop
async def on_the_loop(task, *arguments):
    result = task(*arguments)
    return await result if inspect.isawaitable(result) else result


async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            results[name] = await on_the_loop(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong place_never_given_back gets hangs
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        await places.acquire()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong place_taken_first_backwards gets hangs
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        async with places:
            for dependency in self.tasks[name].depends_on:
                await done[dependency].wait()
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
            done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order[::-1]:
            group.create_task(run_one(name))
    return results


# %% wrong the_first_few gets left-out
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order[:limit]:
            group.create_task(run_one(name))
    return results


# %% wrong nothing_returned gets no-results
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return None


# %% wrong in_order gets one-by-one
async def run_limited(self, limit):
    return await run_in_order(self)


# %% wrong no_number gets one-by-one
async def run_limited(self, limit: int) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore()

    async def run_one(name: str) -> None:
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong one_lock gets one-by-one
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(1)

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong slices gets one-by-one
async def run_limited(self, limit):
    results = {}
    done = {name: asyncio.Event() for name in self.tasks}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    order = self.resolve_dependencies()
    for start in range(0, len(order), limit):
        await asyncio.gather(*map(run_one, order[start : start + limit]))
    return results


# %% wrong place_taken_first gets place-held
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        async with places:
            for dependency in self.tasks[name].depends_on:
                await done[dependency].wait()
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
            done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong true_for_each gets results
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return {name: True for name in results}


# %% wrong no_waiting gets too-early
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        async with places:
            arguments = [results.get(d) for d in self.tasks[name].depends_on]
            results[name] = await call(self.tasks[name].task, *arguments)

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong no_limit gets too-many
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(1000)

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong off_by_one gets too-many
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit + 1)

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong place_per_task gets too-many
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with asyncio.Semaphore(limit):
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong once_per_arrow gets twice
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            for _ in self.tasks[name].depends_on or [None]:
                results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results
