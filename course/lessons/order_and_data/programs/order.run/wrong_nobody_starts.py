# gets: left-out
async def run(self):
    results = {}
    order = self.resolve_dependencies()
    coroutines = [call(self.tasks[name].task) for name in order]
    for coroutine in coroutines:
        coroutine.close()
    return results
