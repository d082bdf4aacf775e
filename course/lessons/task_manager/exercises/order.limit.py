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

    everything = [asyncio.create_task(one(*item)) for item in self.tasks.items()]
    try:
        await asyncio.gather(*everything)
    finally:
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)
    return results


# %% right graphlib_window
async def run_limited(self, limit):
    self.check_names()
    sorter = TopologicalSorter({name: node.depends_on for name, node in self.tasks.items()})
    sorter.prepare()
    results, running, ready = {}, {}, []
    try:
        while sorter.is_active():
            ready += sorter.get_ready()
            while ready and len(running) < limit:
                name = ready.pop(0)
                running[
                    asyncio.create_task(call(self.tasks[name].task, *self.arguments_for(name, results)))
                ] = name
            ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                name = running.pop(task)
                results[name] = task.result()
                sorter.done(name)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return results


# %% right workers
async def run_limited(self, limit):
    self.resolve_dependencies()
    results, queue = {}, asyncio.Queue()
    left = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
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
    everything = asyncio.create_task(queue.join())
    try:
        ended, _ = await asyncio.wait([everything, *workers], return_when=asyncio.FIRST_COMPLETED)
        for each in ended:
            each.result()
    finally:
        for each in [everything, *workers]:
            each.cancel()
        await asyncio.gather(everything, *workers, return_exceptions=True)
    return results


# %% right wrapped_tasks
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
import inspect


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


# %% wrong max_two gets one-by-one breaks full
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(min(limit, 2))

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
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


# %% wrong batches gets place-idle breaks full
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    while len(results) < len(order):
        ready = [
            n for n in order if n not in results and all(d in results for d in self.tasks[n].depends_on)
        ][:limit]
        values = await asyncio.gather(
            *(call(self.tasks[n].task, *self.arguments_for(n, results)) for n in ready)
        )
        results.update(zip(ready, values))
    return results


# %% wrong waits_with_place gets place-held breaks waiting
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        async with places:
            for need in self.tasks[name].depends_on:
                await done[need].wait()
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
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


# %% wrong async_only gets too-many breaks limit
import inspect


async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        task, arguments = self.tasks[name].task, self.arguments_for(name, results)
        if inspect.iscoroutinefunction(task):
            async with places:
                results[name] = await task(*arguments)
        else:
            results[name] = await run_in_threadpool(task, *arguments)
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong def_only gets too-many breaks limit
import inspect


async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        task, arguments = self.tasks[name].task, self.arguments_for(name, results)
        if inspect.iscoroutinefunction(task):
            results[name] = await task(*arguments)
        else:
            async with places:
                results[name] = await run_in_threadpool(task, *arguments)
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong plus_one gets too-many breaks limit
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    inside = 0

    async def one(name):
        nonlocal inside
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        while inside > limit:
            await asyncio.sleep(0)
        inside += 1
        try:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        finally:
            inside -= 1
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong semaphore_on_self gets limit-of-the-run-before breaks limit
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = self.__dict__.setdefault("places", asyncio.Semaphore(limit))

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong two_semaphores gets too-many breaks limit
import inspect


async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    a, b = asyncio.Semaphore(limit), asyncio.Semaphore(limit)

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        task = self.tasks[name].task
        async with a if inspect.iscoroutinefunction(task) else b:
            results[name] = await call(task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
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


# %% wrong silent_end gets error-lost breaks like-run
async def run_limited(self, limit):
    results, places = {}, asyncio.Semaphore(limit)
    done = {name: asyncio.Event() for name in self.resolve_dependencies()}

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    try:
        async with asyncio.TaskGroup() as group:
            for name in done:
                group.create_task(one(name))
    except* Exception:
        pass
    return results


# %% wrong gather_left gets left-behind breaks like-run
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    await asyncio.gather(*(one(name) for name in order))
    return results


# %% wrong not_check gets not-refused breaks like-run
async def run_limited(self, limit):
    results = {}
    done = {name: asyncio.Event() for name in self.tasks}
    places = asyncio.Semaphore(limit)

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in self.tasks:
            group.create_task(one(name))
    return results


# %% wrong swallows gets ran-anyway breaks like-run
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        async with places:
            try:
                results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
            except Exception:
                results[name] = None
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong global_lock gets runs-queue breaks like-run
_runs = asyncio.Lock()


async def run_limited(self, limit):
    async with _runs:
        results = {}
        order = self.resolve_dependencies()
        done = {name: asyncio.Event() for name in order}
        places = asyncio.Semaphore(limit)

        async def one(name):
            for need in self.tasks[name].depends_on:
                await done[need].wait()
            async with places:
                results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
            done[name].set()

        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(one(name))
        return results


# %% wrong semaphore_for_each_limit gets runs-queue breaks like-run
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = self.__dict__.setdefault("places", {}).setdefault(limit, asyncio.Semaphore(limit))

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong results_on_the_object gets shared breaks like-run
async def run_limited(self, limit):
    self.results, places = {}, asyncio.Semaphore(limit)
    done = {name: asyncio.Event() for name in self.resolve_dependencies()}

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        async with places:
            self.results[name] = await call(self.tasks[name].task, *self.arguments_for(name, self.results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in done:
            group.create_task(one(name))
    return self.results


# %% wrong looks_at_what_is_ready gets not-refused
async def run_limited(self, limit):
    sorter = TopologicalSorter({name: node.depends_on for name, node in self.tasks.items()})
    sorter.prepare()
    results, running, ready = {}, {}, []
    try:
        while sorter.is_active():
            ready += sorter.get_ready()
            while ready and len(running) < limit:
                name = ready.pop(0)
                running[
                    asyncio.create_task(call(self.tasks[name].task, *self.arguments_for(name, results)))
                ] = name
            ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                name = running.pop(task)
                results[name] = task.result()
                sorter.done(name)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return results


# %% wrong same_function gets too-many
async def run_limited(self, limit: int) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    places = asyncio.Semaphore(limit)
    inside = {}
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for d in self.tasks[name].depends_on:
            await done[d].wait()
        import contextlib

        f = self.tasks[name].task
        first = f not in inside
        inside[f] = 1
        async with places if first else contextlib.nullcontext():
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong large_limit_30 gets too-many
async def run_limited(self, limit: int) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    places = asyncio.Semaphore(limit if limit <= 30 else 10**6)
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for d in self.tasks[name].depends_on:
            await done[d].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong min_40 gets one-by-one
async def run_limited(self, limit: int) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    places = asyncio.Semaphore(min(limit, 40))
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for d in self.tasks[name].depends_on:
            await done[d].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong fifo_by_name gets place-idle
async def run_limited(self, limit: int) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    places = [asyncio.Semaphore(1) for _ in range(limit)]
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for d in self.tasks[name].depends_on:
            await done[d].wait()
        async with places[order.index(name) % limit]:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong cancelled_while_it_waits gets left-behind
async def run_limited(self, limit):
    self.check_names()
    self.resolve_dependencies()
    waiting, running, results = dict(self.tasks), {}, {}
    try:
        while waiting or running:
            for name, node in list(waiting.items()):
                if len(running) < limit and set(node.depends_on) <= results.keys():
                    arguments = self.arguments_for(name, results)
                    running[asyncio.create_task(call(node.task, *arguments))] = name
                    del waiting[name]
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                results[running.pop(task)] = task.result()
    except Exception:
        for task in running:
            task.cancel()
        await asyncio.wait(running) if running else None
        raise
    return results


# %% wrong arrows_counted gets counted-twice
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    missing = {name: len(self.tasks[name].depends_on) for name in order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        for other in order:
            if name in self.tasks[other].depends_on:
                missing[other] -= 1
                if missing[other] == 0:
                    group.create_task(one(other))

    async with asyncio.TaskGroup() as group:
        for name in [name for name in order if missing[name] == 0]:
            group.create_task(one(name))
    return results


# %% wrong order_of_the_first_run gets remembered breaks like-run
async def run_limited(self, limit):
    results = {}
    if not hasattr(self, "order"):
        self.order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in self.order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        for needed in self.tasks[name].depends_on:
            await done[needed].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in self.order:
            group.create_task(one(name))
    return results


# %% wrong again_after_network_errors gets tried-again breaks like-run
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        task, needs = self.tasks[name].task, self.tasks[name].depends_on
        for needed in needs:
            await done[needed].wait()
        async with places:
            try:
                results[name] = await call(task, *self.arguments_for(name, results))
            except (ConnectionError, TimeoutError):
                results[name] = await call(task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong object_in_a_thread gets object-lost breaks like-run
import inspect


async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        task, needs = self.tasks[name].task, self.tasks[name].depends_on
        for needed in needs:
            await done[needed].wait()
        async with places:
            if inspect.iscoroutinefunction(task):
                results[name] = await task(*self.arguments_for(name, results))
            else:
                results[name] = await run_in_threadpool(task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong await_result gets awaited-result breaks like-run
import inspect


async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        task, needs = self.tasks[name].task, self.tasks[name].depends_on
        for needed in needs:
            await done[needed].wait()
        async with places:
            result = await call(task, *self.arguments_for(name, results))
            results[name] = await result if inspect.isawaitable(result) else result
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong each_name_once gets handed-on-once breaks like-run
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        task, needs = self.tasks[name].task, self.tasks[name].depends_on
        for needed in needs:
            await done[needed].wait()
        async with places:
            results[name] = await call(task, *[results[need] for need in dict.fromkeys(needs)])
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong each_mention_counted gets counted-down-twice breaks like-run
async def run_limited(self, limit):
    results = {}
    order = self.resolve_dependencies()
    missing = {name: len(set(self.tasks[name].depends_on)) for name in order}
    places = asyncio.Semaphore(limit)

    async def one(name):
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        for other in order:
            for _ in range(self.tasks[other].depends_on.count(name)):
                missing[other] -= 1
                if missing[other] == 0:
                    group.create_task(one(other))

    async with asyncio.TaskGroup() as group:
        for name in [name for name in order if missing[name] == 0]:
            group.create_task(one(name))
    return results


# %% wrong returned_error gets returned-error breaks like-run
async def run_limited(self, limit: int) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            result = await call(self.tasks[name].task, *self.arguments_for(name, results))
        if isinstance(result, BaseException):
            raise result
        results[name] = result
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong copies gets copied breaks like-run
import copy


async def run_limited(self, limit: int) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            arguments = map(copy.copy, self.arguments_for(name, results))
            result = await call(self.tasks[name].task, *arguments)
        results[name] = result
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong drop_none gets no-result breaks like-run
async def run_limited(self, limit: int) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            result = await call(self.tasks[name].task, *self.arguments_for(name, results))
        results[name] = result
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return {name: result for name, result in results.items() if result is not None}


# %% wrong kept_for_the_next_run gets stale breaks like-run
async def run_limited(self, limit: int) -> dict[str, Any]:
    mine = self.__dict__.setdefault("_runs", {}).setdefault(asyncio.current_task(), ({}, {}))
    results, done = mine
    order = self.resolve_dependencies()
    places = asyncio.Semaphore(limit)
    for name in order:
        done.setdefault(name, asyncio.Event())

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return dict(results)


# %% wrong one_for_one gets one-by-one breaks full
async def run_limited(self, limit: int) -> dict[str, Any]:
    results, running = {}, {}
    self.resolve_dependencies()
    left = {name: set(node.depends_on) for name, node in self.tasks.items()}

    def start(number):
        for name in [name for name, needs in left.items() if not needs][:number]:
            del left[name]
            running[asyncio.create_task(call(self.tasks[name].task, *self.arguments_for(name, results)))] = (
                name
            )

    try:
        start(limit)
        while running:
            ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for helper in ended:
                results[running[helper]] = helper.result()
                name = running.pop(helper)
                for needs in left.values():
                    needs.discard(name)
                start(1)
    finally:
        for helper in running:
            helper.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return results


# %% wrong refills_when_all_have_ended gets place-idle breaks full
import asyncio
from typing import Any


async def run_limited(self, limit: int) -> dict[str, Any]:
    """Like run, with at most `limit` tasks running at the same time."""
    results: dict[str, Any] = {}
    left = self.resolve_dependencies()
    while left:
        ready = [name for name in left if results.keys() >= set(self.tasks[name].depends_on)][:limit]
        async with asyncio.TaskGroup() as group:
            running = {
                name: group.create_task(call(self.tasks[name].task, *self.arguments_for(name, results)))
                for name in ready
            }
        results |= {name: task.result() for name, task in running.items()}
        left = [name for name in left if name not in results]
    return results


# %% wrong only_functions_in_threads gets other-callable breaks like-run
import inspect


async def run_limited(self, limit: int) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)

    async def run_one(name):
        task = self.tasks[name].task
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        async with places:
            arguments = self.arguments_for(name, results)
            if inspect.isfunction(task) or is_async(task):
                results[name] = await call(task, *arguments)
            else:
                results[name] = task(*arguments)
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong mutable_default gets kept-in-a-default breaks like-run
async def run_limited(self, limit: int, results: dict[str, Any] = {}) -> dict[str, Any]:
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
    return results


# %% wrong only_functions_and_methods gets too-many breaks limit
import contextlib
import inspect


async def run_limited(self, limit: int) -> dict[str, Any]:
    results = {}
    finished = {name: asyncio.Event() for name in self.resolve_dependencies()}
    places = asyncio.Semaphore(limit)

    async def one(name):
        for dependency in self.tasks[name].depends_on:
            await finished[dependency].wait()
        task = self.tasks[name].task
        async with (
            places if inspect.isfunction(task) or inspect.ismethod(task) else contextlib.AsyncExitStack()
        ):
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        finished[name].set()

    async with asyncio.TaskGroup() as group:
        for name in finished:
            group.create_task(one(name))
    return results


# %% wrong partials_for_free gets too-many breaks limit
import contextlib
import functools


async def run_limited(self, limit: int) -> dict[str, Any]:
    results = {}
    finished = {name: asyncio.Event() for name in self.resolve_dependencies()}
    places = asyncio.Semaphore(limit)

    async def one(name):
        for dependency in self.tasks[name].depends_on:
            await finished[dependency].wait()
        free = isinstance(self.tasks[name].task, functools.partial)
        async with contextlib.AsyncExitStack() if free else places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        finished[name].set()

    async with asyncio.TaskGroup() as group:
        for name in finished:
            group.create_task(one(name))
    return results


# %% wrong place_after_the_first gets place-held breaks waiting
async def run_limited(self, limit: int) -> dict[str, Any]:
    results = {}
    finished = {name: asyncio.Event() for name in self.resolve_dependencies()}
    places = asyncio.Semaphore(limit)

    async def one(name):
        needs = self.tasks[name].depends_on
        if needs:
            await finished[needs[0]].wait()
        async with places:
            for dependency in needs[1:]:
                await finished[dependency].wait()
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        finished[name].set()

    async with asyncio.TaskGroup() as group:
        for name in finished:
            group.create_task(one(name))
    return results


# %% wrong never_more_than_eight gets one-by-one breaks full
async def run_limited(self, limit: int) -> dict[str, Any]:
    results = {}
    finished = {name: asyncio.Event() for name in self.resolve_dependencies()}
    places = asyncio.Semaphore(min(limit, 8))

    async def one(name):
        for dependency in self.tasks[name].depends_on:
            await finished[dependency].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        finished[name].set()

    async with asyncio.TaskGroup() as group:
        for name in finished:
            group.create_task(one(name))
    return results


# %% wrong joins_wait_for_layers gets place-held
async def run_limited(self, limit: int) -> dict[str, Any]:
    results, depth = {}, {}
    order = self.resolve_dependencies()
    finished = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(limit)
    for name in order:
        depth[name] = 1 + max((depth[d] for d in self.tasks[name].depends_on), default=0)

    async def one(name):
        needs = self.tasks[name].depends_on
        if len(set(needs)) > 1:
            needs = [other for other in order if depth[other] < depth[name]]
        for dependency in needs:
            await finished[dependency].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        finished[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results
