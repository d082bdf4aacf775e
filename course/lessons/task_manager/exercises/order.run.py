# %% starter
async def run(self) -> dict[str, Any]:
    """Run every task once, as soon as all it waits for is done; return the results by name."""
    results = {}
    order = self.resolve_dependencies()
    ____
    return results


# %% right reference
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


# %% right condition
async def run(self):
    results, news = {}, asyncio.Condition()

    async def one(name):
        node = self.tasks[name]
        async with news:
            await news.wait_for(lambda: results.keys() >= set(node.depends_on))
        result = await call(node.task, *(results[need] for need in node.depends_on))
        async with news:
            results[name] = result
            news.notify_all()

    async with asyncio.TaskGroup() as group:
        for name in reversed(self.resolve_dependencies()):
            group.create_task(one(name))
    return {name: results[name] for name in self.tasks}


# %% right count_down
async def run(self):
    results = {}
    self.resolve_dependencies()
    left = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}

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


# %% right futures
async def run(self):
    loop = asyncio.get_running_loop()
    order = self.resolve_dependencies()
    results = {}
    promised = {name: loop.create_future() for name in order}

    async def one(name):
        needs = self.tasks[name].depends_on
        values = [await promised[need] for need in needs]
        value = await call(self.tasks[name].task, *values)
        results[name] = value
        promised[name].set_result(value)

    everything = [asyncio.create_task(one(name)) for name in order]
    try:
        await asyncio.gather(*everything)
    finally:
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)
    return results


# %% right graphlib
async def run(self):
    self.check_names()
    sorter = TopologicalSorter({name: node.depends_on for name, node in self.tasks.items()})
    sorter.prepare()
    results, running = {}, set()

    async def one(name):
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        return name

    try:
        while sorter.is_active():
            running |= {asyncio.create_task(one(name)) for name in sorter.get_ready()}
            ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            running -= ended
            for task in ended:
                sorter.done(task.result())
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return results


# %% right tasks_await_tasks
async def run(self):
    running = {}

    async def one(node):
        arguments = [await running[d] for d in node.depends_on]
        return await call(node.task, *arguments)

    async with asyncio.TaskGroup() as group:
        for name in self.resolve_dependencies():
            running[name] = group.create_task(one(self.tasks[name]))
    return {name: task.result() for name, task in running.items()}


# %% right looks_again_and_again
async def run(self):
    results = {}
    order = self.resolve_dependencies()

    async def one(name):
        while not all(d in results for d in self.tasks[name].depends_on):
            await asyncio.sleep(0.001)
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% right wait_for_the_first
async def run(self):
    results = {}
    left = list(self.resolve_dependencies())
    running = {}
    try:
        while left or running:
            for name in [n for n in left if all(d in results for d in self.tasks[n].depends_on)]:
                left.remove(name)
                task = asyncio.create_task(call(self.tasks[name].task, *self.arguments_for(name, results)))
                running[task] = name
            finished, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in finished:
                results[running.pop(task)] = task.result()
    finally:
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)
    return results


# %% wrong as_finished gets arguments
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(
            self.tasks[name].task,
            *[v for n, v in reversed(results.items()) if n in self.tasks[name].depends_on],
        )
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong no_arguments gets arguments
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task)
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong falsy gets arguments breaks once
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results)) or True
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong on_the_loop gets blocks-the-loop
import inspect


async def run(self):
    results = {}
    order = self.resolve_dependencies()

    async def on_the_loop(task, *arguments):
        result = task(*arguments)
        return await result if inspect.isawaitable(result) else result

    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await on_the_loop(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong gather_with_exceptions gets hangs
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    await asyncio.gather(*map(run_one, order), return_exceptions=True)
    return results


# %% wrong waits_for_ever gets hangs
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    await asyncio.wait([asyncio.create_task(run_one(name)) for name in order])
    return results


# %% wrong cancel_def_left gets hangs breaks failure
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        try:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        except Exception:
            return
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong layers gets layers
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


# %% wrong last_one_left_out gets left-out
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order[:-1]:
            group.create_task(run_one(name))
    return results


# %% wrong nobody_starts gets left-out
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    coroutines = [call(self.tasks[name].task) for name in order]
    for coroutine in coroutines:
        coroutine.close()
    return results


# %% wrong nothing_returned gets no-results
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))


# %% wrong in_order gets one-by-one
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    for name in order:
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    return results


# %% wrong task_awaited_at_once gets one-by-one
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    for name in order:
        results[name] = await asyncio.create_task(
            call(self.tasks[name].task, *self.arguments_for(name, results))
        )
    return results


# %% wrong def_serial gets one-by-one breaks ready
import inspect


async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    one_thread = asyncio.Lock()

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        task, arguments = self.tasks[name].task, self.arguments_for(name, results)
        if inspect.iscoroutinefunction(task):
            results[name] = await task(*arguments)
        else:
            async with one_thread:
                results[name] = await run_in_threadpool(task, *arguments)
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong swallows gets ran-anyway
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        try:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        except Exception:
            results[name] = None
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong goes_on_behind_failure gets ran-anyway breaks failure
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    errors = []

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        try:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        except Exception as error:
            errors.append(error)
            results[name] = None
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    if errors:
        raise errors[0]
    return results


# %% wrong true_for_each gets results
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))

    results = {name: True for name in results}
    return results


# %% wrong mutable_default gets kept-in-a-default breaks apart
async def run(self, results={}):
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong on_the_object gets shared
async def run(self):
    self.results = {}
    self.done = {name: asyncio.Event() for name in self.tasks}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await self.done[dependency].wait()
        arguments = self.arguments_for(name, self.results)
        self.results[name] = await call(self.tasks[name].task, *arguments)
        self.done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in self.resolve_dependencies():
            group.create_task(run_one(name))
    return self.results


# %% wrong events_on_self gets shared breaks apart
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    self.done = {name: asyncio.Event() for name in order}

    async def one(name):
        for need in self.tasks[name].depends_on:
            await self.done[need].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        self.done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong all_at_once gets too-early
async def run(self):
    results = {}
    order = self.resolve_dependencies()

    async def one(name):
        arguments = [results.get(d) for d in self.tasks[name].depends_on]
        results[name] = await call(self.tasks[name].task, *arguments)

    await asyncio.gather(*map(one, order))
    return results


# %% wrong any_dependency gets too-early
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        needs = self.tasks[name].depends_on
        if needs:
            waits = [asyncio.create_task(done[d].wait()) for d in needs]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        results[name] = await call(
            self.tasks[name].task, *[results.get(d) for d in self.tasks[name].depends_on]
        )
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong last_dependency_only gets too-early
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on[:1]:
            await done[dependency].wait()
        results[name] = await call(
            self.tasks[name].task, *[results.get(d) for d in self.tasks[name].depends_on]
        )
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong done_before_result gets too-early breaks ready
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        done[name].set()
        results[name] = await call(
            self.tasks[name].task, *[results.get(d) for d in self.tasks[name].depends_on]
        )

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong once_per_dependant gets twice
async def run(self):
    results = {}
    order = self.resolve_dependencies()

    async def one(name):
        arguments = await asyncio.gather(*map(one, self.tasks[name].depends_on))
        results[name] = await call(self.tasks[name].task, *arguments)
        return results[name]

    await asyncio.gather(
        *(one(name) for name in order if not any(name in n.depends_on for n in self.tasks.values()))
    )
    return results


# %% wrong one_kind_of_error gets error-lost breaks failure
async def run(self):
    results = {}
    done = {name: asyncio.Event() for name in self.resolve_dependencies()}

    async def one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    try:
        async with asyncio.TaskGroup() as group:
            for name in done:
                group.create_task(one(name))
    except* ValueError:
        pass
    return results


# %% wrong report_instead_of_error gets error-lost breaks failure
async def run(self):
    results, running = {}, {}

    async def one(name):
        node = self.tasks[name]
        for dependency in node.depends_on:
            await asyncio.wait([running[dependency]])
        if any(d not in results for d in node.depends_on):
            return  # something that it waits for has failed
        try:
            results[name] = await call(node.task, *self.arguments_for(name, results))
        except Exception:
            pass

    for name in self.resolve_dependencies():
        running[name] = asyncio.create_task(one(name))
    await asyncio.gather(*running.values())
    return results


# %% wrong limit_two gets held-back breaks ready
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(2)

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


# %% wrong cancel_swallowed gets left-behind breaks ends
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    running = [asyncio.create_task(one(name)) for name in order]
    if not running:
        return results
    finished, left = await asyncio.wait(running, return_when=asyncio.FIRST_EXCEPTION)
    for task in left:
        task.cancel()
    for task in finished:
        task.result()
    return results


# %% wrong gather_leaves_behind gets left-behind breaks ends
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    await asyncio.gather(*(one(name) for name in order))
    return results


# %% wrong no_resolve gets not-refused breaks refused
async def run(self):
    results = {}
    done = {name: asyncio.Event() for name in self.tasks}

    async def one(name):
        for need in self.tasks[name].depends_on:
            await done[need].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in self.tasks:
            group.create_task(one(name))
    return results


# %% wrong loop_waits gets queues-up breaks ready
async def run(self):
    results = {}
    running = {}
    async with asyncio.TaskGroup() as group:
        for name in self.resolve_dependencies():
            for need in self.tasks[name].depends_on:
                results[need] = await running[need]
            running[name] = group.create_task(call(self.tasks[name].task, *self.arguments_for(name, results)))
    return {name: task.result() for name, task in running.items()}


# %% wrong second_run_returns_first gets runs-once breaks once
async def run(self):
    if hasattr(self, "_results"):
        return self._results
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
    self._results = results
    return results


# %% wrong one_lock_for_runs gets runs-queue breaks apart
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


# %% wrong eight_at_a_time gets held-back breaks ready
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}
    places = asyncio.Semaphore(8)

    async def one(name):
        for d in self.tasks[name].depends_on:
            await done[d].wait()
        async with places:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    try:
        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(one(name))
    except* Exception as errors:
        first = errors.exceptions[0]
    else:
        return results
    raise first


# %% wrong cancels_without_waiting gets left-behind breaks ends
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for d in self.tasks[name].depends_on:
            await done[d].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    tasks = [asyncio.ensure_future(one(name)) for name in order]
    try:
        await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        raise
    return results


# %% right lets_the_others_end
async def run(self):
    order = self.resolve_dependencies()
    results = {}
    tasks = {}

    async def one(name):
        node = self.tasks[name]
        for d in node.depends_on:
            if not await tasks[d]:
                return False
        results[name] = await call(node.task, *self.arguments_for(name, results))
        return True

    async def safe(name):
        try:
            return await one(name)
        except Exception as error:
            errors.append(error)
            return False

    errors = []
    for name in order:
        tasks[name] = asyncio.create_task(safe(name))
    try:
        await asyncio.gather(*tasks.values())
    finally:
        for t in tasks.values():
            t.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    if errors:
        raise errors[0]
    return results


# %% wrong error_as_a_cause gets error-lost breaks failure
async def run(self) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name: str) -> None:
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    try:
        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(run_one(name))
    except ExceptionGroup as errors:
        raise RuntimeError("the run has failed") from errors
    return results


# %% wrong retry gets tried-again breaks once
async def run(self) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for d in self.tasks[name].depends_on:
            await done[d].wait()
        try:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        except Exception:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong limit_100 gets held-back
async def run(self) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    sem = asyncio.Semaphore(100)
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for d in self.tasks[name].depends_on:
            await done[d].wait()
        async with sem:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong def_async_first gets one-by-one
async def run(self) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for d in self.tasks[name].depends_on:
            await done[d].wait()
        if not asyncio.iscoroutinefunction(self.tasks[name].task):
            for o in order:
                if (
                    o != name
                    and not self.tasks[o].depends_on
                    and asyncio.iscoroutinefunction(self.tasks[o].task)
                ):
                    await done[o].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong runs_limit_two gets runs-queue
async def run(self) -> dict[str, Any]:
    results = {}
    sem = self.__dict__.setdefault("_s", asyncio.Semaphore(2))
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for d in self.tasks[name].depends_on:
            await done[d].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with sem:
        async with asyncio.TaskGroup() as group:
            for name in order:
                group.create_task(one(name))
    return results


# %% wrong await_result gets awaited-result breaks once
async def run(self) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for d in self.tasks[name].depends_on:
            await done[d].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        import inspect

        if inspect.isawaitable(results[name]):
            results[name] = await results[name]
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong equal_results gets no-result
async def run(self) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        for d in self.tasks[name].depends_on:
            await done[d].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return {
        n: r
        for n, r in results.items()
        if list(map(repr, results.values())).index(repr(r)) == list(results).index(n) or r is None
    }


# %% wrong arrows_counted gets counted-twice breaks ready
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    missing = {name: len(self.tasks[name].depends_on) for name in order}

    async def one(name):
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


# %% wrong order_of_the_first_run gets remembered breaks once
async def run(self):
    results = {}
    if not hasattr(self, "order"):
        self.order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in self.order}

    async def one(name):
        for needed in self.tasks[name].depends_on:
            await done[needed].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in self.order:
            group.create_task(one(name))
    return results


# %% wrong names_of_the_first_run gets remembered breaks refused
async def run(self):
    results = {}
    if not hasattr(self, "checked"):
        self.resolve_dependencies()
        self.checked = True
    done = {name: asyncio.Event() for name in self.tasks}

    async def one(name):
        needs = [need for need in self.tasks[name].depends_on if need in done]
        for needed in needs:
            await done[needed].wait()
        results[name] = await call(self.tasks[name].task, *[results[need] for need in needs])
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in list(self.tasks):
            group.create_task(one(name))
    return results


# %% wrong again_after_network_errors gets tried-again breaks once
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        task, needs = self.tasks[name].task, self.tasks[name].depends_on
        for needed in needs:
            await done[needed].wait()
        try:
            results[name] = await call(task, *self.arguments_for(name, results))
        except (ConnectionError, TimeoutError):
            results[name] = await call(task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong object_in_a_thread gets object-lost breaks once
import inspect


async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        task, needs = self.tasks[name].task, self.tasks[name].depends_on
        for needed in needs:
            await done[needed].wait()
        if inspect.iscoroutinefunction(task):
            results[name] = await task(*self.arguments_for(name, results))
        else:
            results[name] = await run_in_threadpool(task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong each_name_once gets handed-on-once breaks once
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def one(name):
        task, needs = self.tasks[name].task, self.tasks[name].depends_on
        for needed in needs:
            await done[needed].wait()
        results[name] = await call(task, *[results[need] for need in dict.fromkeys(needs)])
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong each_mention_counted gets counted-down-twice breaks ready
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    missing = {name: len(set(self.tasks[name].depends_on)) for name in order}

    async def one(name):
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


# %% wrong returned_error gets returned-error breaks once
async def run(self) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        result = await call(self.tasks[name].task, *self.arguments_for(name, results))
        if isinstance(result, BaseException):
            raise result
        results[name] = result
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong copies gets copied breaks once
import copy


async def run(self) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        arguments = map(copy.copy, self.arguments_for(name, results))
        result = await call(self.tasks[name].task, *arguments)
        results[name] = result
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return results


# %% wrong drop_none gets no-result breaks once
async def run(self) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        result = await call(self.tasks[name].task, *self.arguments_for(name, results))
        results[name] = result
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return {name: result for name, result in results.items() if result is not None}


# %% wrong kept_for_the_next_run gets stale breaks apart
async def run(self) -> dict[str, Any]:
    mine = self.__dict__.setdefault("_runs", {}).setdefault(asyncio.current_task(), ({}, {}))
    results, done = mine
    order = self.resolve_dependencies()
    for name in order:
        done.setdefault(name, asyncio.Event())

    async def run_one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(run_one(name))
    return dict(results)


# %% wrong waits_for_a_result gets not-done
import asyncio
from typing import Any


async def run(self) -> dict[str, Any]:
    order = self.resolve_dependencies()
    results = dict.fromkeys(order)
    changed = asyncio.Condition()

    async def one(name):
        needs = self.tasks[name].depends_on
        async with changed:
            await changed.wait_for(lambda: all(results[need] is not None for need in needs))
        value = await call(self.tasks[name].task, *self.arguments_for(name, results))
        async with changed:
            results[name] = value
            changed.notify_all()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong only_functions_in_threads gets other-callable breaks once
import inspect


async def run(self) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    done = {name: asyncio.Event() for name in order}

    async def run_one(name):
        task = self.tasks[name].task
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
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


# %% wrong joins_wait_for_layers gets queues-up breaks ready
async def run(self) -> dict[str, Any]:
    order = self.resolve_dependencies()
    results, finished = {}, {name: asyncio.Event() for name in order}
    depth = {}
    for name in order:
        depth[name] = 1 + max((depth[d] for d in self.tasks[name].depends_on), default=0)

    async def one(name):
        needs = self.tasks[name].depends_on
        if len(needs) > 1:
            needs = [other for other in order if depth[other] < depth[name]]
        for dependency in needs:
            await finished[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        finished[name].set()

    async with asyncio.TaskGroup() as group:
        for name in order:
            group.create_task(one(name))
    return results


# %% wrong joins_wait_for_all_that_runs gets queues-up breaks ready
async def run(self) -> dict[str, Any]:
    results = {}
    finished = {name: asyncio.Event() for name in self.resolve_dependencies()}
    running = set()

    async def one(name):
        for dependency in self.tasks[name].depends_on:
            await finished[dependency].wait()
        if len(self.tasks[name].depends_on) >= 2:
            for other in list(running):
                await finished[other].wait()
        running.add(name)
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        running.discard(name)
        finished[name].set()

    async with asyncio.TaskGroup() as group:
        for name in finished:
            group.create_task(one(name))
    return results


# %% wrong shields gets left-behind breaks ends
async def run(self) -> dict[str, Any]:
    results = {}
    finished = {name: asyncio.Event() for name in self.resolve_dependencies()}

    async def one(name):
        for dependency in self.tasks[name].depends_on:
            await finished[dependency].wait()
        arguments = self.arguments_for(name, results)
        results[name] = await asyncio.shield(asyncio.create_task(call(self.tasks[name].task, *arguments)))
        finished[name].set()

    async with asyncio.TaskGroup() as group:
        for name in finished:
            group.create_task(one(name))
    return results
