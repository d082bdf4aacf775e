# %% starter
async def run_in_order(self) -> dict[str, Any]:
    """Run every task once, one after the other; return the results by name."""
    results = {}
    for name in ____:
        results[name] = ____
    return results


# %% right reference
async def run_in_order(self) -> dict[str, Any]:
    """Run every task once, one after the other; return the results by name."""
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    return results


# %% right background_tasks
async def run_in_order(self):
    results = {}
    tasks = BackgroundTasks()

    async def one(name):
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))

    for name in self.resolve_dependencies():
        tasks.add_task(one, name)
    await tasks()
    return results


# %% right without_helpers
async def run_in_order(self):
    results = {}
    graph = {name: node.depends_on for name, node in self.tasks.items()}
    for name in TopologicalSorter(graph).static_order():
        node = self.tasks[name]
        arguments = [results[d] for d in node.depends_on]
        if asyncio.iscoroutinefunction(node.task):
            results[name] = await node.task(*arguments)
        else:
            results[name] = await asyncio.to_thread(node.task, *arguments)
    return results


# %% wrong a_list gets arguments
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, self.arguments_for(name, results))
    return results


# %% wrong all_results gets arguments
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *results.values())
    return results


# %% wrong no_arguments gets arguments
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task)
    return results


# %% wrong on_the_loop gets blocks-the-loop
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        result = self.tasks[name].task(*self.arguments_for(name, results))
        results[name] = await result if inspect.isawaitable(result) else result
    return results


# %% wrong never_awaited gets left-out
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        results[name] = call(self.tasks[name].task, *self.arguments_for(name, results))
        results[name].close()
    return results


# %% wrong stops_early gets left-out
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies()[:-1]:
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    return results


# %% wrong nothing_returned gets no-results
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))


# %% wrong only_the_last gets no-results
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    return results[name]


# %% wrong side_by_side gets overlap
async def run_in_order(self):
    results = {}
    done = {name: asyncio.Event() for name in self.tasks}

    async def one(name):
        for dependency in self.tasks[name].depends_on:
            await done[dependency].wait()
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        done[name].set()

    await asyncio.gather(*map(one, self.resolve_dependencies()))
    return results


# %% wrong everything_kept_as_true gets results
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    return {name: True for name in results}


# %% wrong only_what_nobody_takes gets results
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    return {"mail": results["mail"]}


# %% wrong any_order gets too-early
async def run_in_order(self):
    results = {}
    for name in reversed(self.resolve_dependencies()):
        arguments = [results.get(d) for d in self.tasks[name].depends_on]
        results[name] = await call(self.tasks[name].task, *arguments)
    return results


# %% wrong by_name gets too-early
async def run_in_order(self):
    results = {}
    for name in sorted(self.tasks):
        results[name] = await call(
            self.tasks[name].task, *[results.get(d) for d in self.tasks[name].depends_on]
        )
    return results


# %% wrong dependencies_first gets twice
async def run_in_order(self):
    results = {}

    async def one(name):
        arguments = [await one(d) for d in self.tasks[name].depends_on]
        results[name] = await call(self.tasks[name].task, *arguments)
        return results[name]

    for name in self.tasks:
        if name not in results:
            await one(name)
    return results
