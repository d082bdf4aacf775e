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
