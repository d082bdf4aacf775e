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
    self.check_names()
    graph = {name: node.depends_on for name, node in self.tasks.items()}
    for name in TopologicalSorter(graph).static_order():
        node = self.tasks[name]
        arguments = [results[d] for d in node.depends_on]
        if is_async(node.task):
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


# %% wrong by_str gets arguments breaks hands-on
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        results[name] = str(await call(self.tasks[name].task, *self.arguments_for(name, results)))
    return results


# %% wrong on_the_loop gets blocks-the-loop breaks threads
import inspect


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


# %% wrong only_what_nobody_takes gets no-result
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    return {"mail": results["mail"]}


# %% wrong drop_none gets no-result breaks hands-on
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        value = await call(self.tasks[name].task, *self.arguments_for(name, results))
        results[name] = value
    return {n: v for n, v in results.items() if v is not None}


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


# %% wrong reversed_ready gets not-refused breaks refused
async def run_in_order(self):
    results = {}
    while len(results) < len(self.tasks):
        for name, node in self.tasks.items():
            if name not in results and all(d in results for d in node.depends_on):
                results[name] = await call(node.task, *self.arguments_for(name, results))
    return results


# %% wrong stops_silently gets error-lost breaks failure
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        try:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        except Exception:
            break
    return results


# %% wrong runs_what_it_can gets not-refused breaks refused
async def run_in_order(self):
    results, left = {}, dict(self.tasks)
    while ready := [name for name, node in left.items() if set(node.depends_on) <= set(results)]:
        node = left.pop(ready[0])
        results[ready[0]] = await call(node.task, *[results[need] for need in node.depends_on])
    return results


# %% wrong items gets not-there-yet breaks once
async def run_in_order(self):
    results = {}
    for name, node in self.tasks.items():
        results[name] = await call(node.task, *(results[n] for n in node.depends_on))
    return results


# %% wrong on_self gets runs-once breaks once
async def run_in_order(self):
    self.results = getattr(self, "results", {})
    for name in self.resolve_dependencies():
        if name not in self.results:
            self.results[name] = await call(self.tasks[name].task, *self.arguments_for(name, self.results))
    return self.results


# %% wrong kept_on_the_manager gets shared breaks hands-on
async def run_in_order(self):
    self.results = {}
    for name in self.resolve_dependencies():
        value = await call(self.tasks[name].task, *self.arguments_for(name, self.results))
        self.results[name] = value
    return self.results


# %% wrong results_cleared gets changes-results breaks hands-on
async def run_in_order(self) -> dict[str, Any]:
    """Run every task once, one after the other; return the results by name."""
    if not hasattr(self, "results"):
        self.results = {}
    self.results.clear()
    for name in self.resolve_dependencies():
        arguments = self.arguments_for(name, self.results)
        self.results[name] = await call(self.tasks[name].task, *arguments)
    return self.results


# %% wrong none_is_no_argument gets arguments breaks hands-on
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        arguments = self.arguments_for(name, results)
        if len(arguments) > 1:
            arguments = [argument for argument in arguments if argument is not None]
        results[name] = await call(self.tasks[name].task, *arguments)
    return results


# %% wrong pop_tasks gets runs-once breaks once
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    self.tasks.clear()
    return results


# %% wrong retry gets tried-again breaks failure
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        arguments = self.arguments_for(name, results)
        try:
            results[name] = await call(self.tasks[name].task, *arguments)
        except Exception:
            results[name] = await call(self.tasks[name].task, *arguments)
    return results


# %% wrong swallow gets went-on breaks failure
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        try:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        except Exception:
            results[name] = None
    return results


# %% wrong other_error gets error-lost breaks failure
async def run_in_order(self) -> dict[str, Any]:
    results = {}
    for name in self.resolve_dependencies():
        try:
            results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        except Exception as error:
            raise RuntimeError(f"{name} failed") from error
    return results


# %% wrong same_function gets left-out
async def run_in_order(self) -> dict[str, Any]:
    results, seen = {}, {}
    for name in self.resolve_dependencies():
        f = self.tasks[name].task
        if f in seen:
            results[name] = seen[f]
            continue
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        seen[f] = results[name]
    return results


# %% wrong skip_falsy gets left-out
async def run_in_order(self) -> dict[str, Any]:
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        if results[name] is False:
            break
    return results


# %% wrong exception_result gets returned-error
async def run_in_order(self) -> dict[str, Any]:
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        if isinstance(results[name], Exception):
            raise results[name]
    return results


# %% wrong unwrap_coroutine gets awaited-result breaks hands-on
async def run_in_order(self) -> dict[str, Any]:
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        import inspect

        if inspect.isawaitable(results[name]):
            results[name] = await results[name]
    return results


# %% wrong group_error gets error-lost
async def run_in_order(self) -> dict[str, Any]:
    results = {}
    for name in self.resolve_dependencies():
        async with asyncio.TaskGroup() as g:
            t = g.create_task(call(self.tasks[name].task, *self.arguments_for(name, results)))
        results[name] = t.result()
    return results


# %% wrong copy_results gets results
async def run_in_order(self) -> dict[str, Any]:
    results = {}
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    import copy

    return {n: copy.copy(r) for n, r in results.items()}


# %% wrong order_of_the_first_run gets remembered breaks once
async def run_in_order(self):
    if not hasattr(self, "order"):
        self.order = self.resolve_dependencies()
    results = {}
    for name in self.order:
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    return results


# %% wrong names_of_the_first_run gets remembered breaks refused
async def run_in_order(self):
    if not hasattr(self, "checked"):
        self.resolve_dependencies()
        self.checked = True
    known = {
        name: [need for need in node.depends_on if need in self.tasks] for name, node in self.tasks.items()
    }
    results = {}
    for name in TopologicalSorter(known).static_order():
        arguments = [results[need] for need in self.tasks[name].depends_on if need in results]
        results[name] = await call(self.tasks[name].task, *arguments)
    return results


# %% wrong again_after_network_errors gets tried-again breaks once
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        arguments = self.arguments_for(name, results)
        try:
            results[name] = await call(self.tasks[name].task, *arguments)
        except (ConnectionError, TimeoutError):
            results[name] = await call(self.tasks[name].task, *arguments)
    return results


# %% wrong object_in_a_thread gets object-lost breaks threads
import inspect


async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        task = self.tasks[name].task
        arguments = self.arguments_for(name, results)
        if inspect.iscoroutinefunction(task):
            results[name] = await task(*arguments)
        else:
            results[name] = await run_in_threadpool(task, *arguments)
    return results


# %% wrong each_name_once gets handed-on-once breaks hands-on
async def run_in_order(self):
    results = {}
    for name in self.resolve_dependencies():
        node = self.tasks[name]
        results[name] = await call(node.task, *(results[need] for need in dict.fromkeys(node.depends_on)))
    return results


# %% wrong arrows_counted gets counted-twice breaks once
async def run_in_order(self):
    results = {}
    self.resolve_dependencies()
    missing = {name: len(node.depends_on) for name, node in self.tasks.items()}
    ready = [name for name, number in missing.items() if number == 0]
    for name in ready:
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        for other, node in self.tasks.items():
            if name in node.depends_on:
                missing[other] -= 1
                if missing[other] == 0:
                    ready.append(other)
    return results


# %% wrong each_mention_counted gets counted-down-twice breaks once
async def run_in_order(self):
    results = {}
    self.resolve_dependencies()
    missing = {name: len(set(node.depends_on)) for name, node in self.tasks.items()}
    ready = [name for name, number in missing.items() if number == 0]
    for name in ready:
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
        for other, node in self.tasks.items():
            for _ in range(node.depends_on.count(name)):
                missing[other] -= 1
                if missing[other] == 0:
                    ready.append(other)
    return results


# %% wrong two_at_a_time gets overlap breaks once
async def run_in_order(self) -> dict[str, Any]:
    results = {}
    order = self.resolve_dependencies()
    while order:
        name = order.pop(0)
        first = call(self.tasks[name].task, *self.arguments_for(name, results))
        if order and not is_async(self.tasks[name].task) and is_async(self.tasks[order[0]].task):
            other = order[0]
            if all(needed in results for needed in self.tasks[other].depends_on):
                order.pop(0)
                second = call(self.tasks[other].task, *self.arguments_for(other, results))
                results[name], results[other] = await asyncio.gather(first, second)
                continue
        results[name] = await first
    return results


# %% wrong copies gets copied breaks hands-on
import copy


async def run_in_order(self) -> dict[str, Any]:
    results = {}
    for name in self.resolve_dependencies():
        arguments = [copy.copy(argument) for argument in self.arguments_for(name, results)]
        results[name] = await call(self.tasks[name].task, *arguments)
    return results


# %% wrong kept_for_the_next_run gets stale breaks hands-on
async def run_in_order(self) -> dict[str, Any]:
    results = self.__dict__.setdefault("_runs", {}).setdefault(asyncio.current_task(), {})
    for name in self.resolve_dependencies():
        result = await call(self.tasks[name].task, *self.arguments_for(name, results))
        results.setdefault(name, result)
    return dict(results)


# %% wrong only_functions_in_threads gets other-callable breaks threads
import inspect


async def run_in_order(self) -> dict[str, Any]:
    results = {}
    for name in self.resolve_dependencies():
        task, arguments = self.tasks[name].task, self.arguments_for(name, results)
        if is_async(task):
            results[name] = await task(*arguments)
        elif inspect.isfunction(task):
            results[name] = await run_in_threadpool(task, *arguments)
        else:
            results[name] = task(*arguments)
    return results


# %% wrong mutable_default gets kept-in-a-default breaks hands-on
async def run_in_order(self, results: dict[str, Any] = {}) -> dict[str, Any]:
    for name in self.resolve_dependencies():
        results[name] = await call(self.tasks[name].task, *self.arguments_for(name, results))
    return results
