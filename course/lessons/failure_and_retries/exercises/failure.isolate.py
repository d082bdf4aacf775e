# %% starter
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"], ["authorise"])
    manager.add_task("invoice", functions["invoice"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return ____


# %% right reference
def build_shipping(functions) -> TaskManager:
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% right decorated
def build_shipping(functions):
    manager = TaskManager()

    @manager.task
    def authorise():
        return functions["authorise"]()

    @manager.task(depends_on=["authorise"])
    async def invoice(authorise):
        return functions["invoice"]()

    @manager.task
    def reserve():
        return functions["reserve"]()

    @manager.task(depends_on=["reserve"])
    def pack(reserve):
        return functions["pack"]()

    return manager


# %% right loop
def build_shipping(functions):
    needs = {"pack": ["reserve"], "invoice": ["authorise"], "reserve": [], "authorise": []}
    manager = TaskManager()
    for name, wanted in reversed(needs.items()):
        manager.task(name=name, depends_on=wanted)(guarded_free(functions[name]))
    return manager


def guarded_free(function):
    async def step(*results):
        return await asyncio.to_thread(function)

    return step


# %% wrong coroutine gets engine.coroutine
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager.run()


# %% wrong unknown gets graph-refused
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorize"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% wrong order gets not-a-manager
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager.resolve_dependencies()


# %% wrong edge_removed_only gets ran-anyway
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% wrong no_edges gets ran-anyway
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"])
    manager.add_task("pack", functions["pack"])
    return manager


# %% wrong turned_round gets ran-anyway
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("invoice", functions["invoice"])
    manager.add_task("authorise", functions["authorise"], ["invoice"])
    manager.add_task("pack", functions["pack"])
    manager.add_task("reserve", functions["reserve"], ["pack"])
    return manager


# %% wrong as_given gets skipped-too-much
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"], ["authorise"])
    manager.add_task("invoice", functions["invoice"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager


# %% wrong chain gets skipped-too-much
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"], ["authorise"])
    manager.add_task("invoice", functions["invoice"], ["reserve"])
    manager.add_task("pack", functions["pack"], ["invoice"])
    return manager


# %% wrong forgotten gets task-missing
def build_shipping(functions):
    manager = TaskManager()
    manager.add_task("authorise", functions["authorise"])
    manager.add_task("reserve", functions["reserve"])
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    return manager
