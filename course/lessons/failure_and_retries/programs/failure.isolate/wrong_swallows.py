# gets: failure-hidden
# breaks: failures
def build_shipping(functions) -> TaskManager:
    def quiet(f):
        async def run(*args):
            try:
                value = f(*args)
                return await value if asyncio.iscoroutine(value) else value
            except Exception:
                return None

        return run

    manager = TaskManager()
    manager.add_task("authorise", quiet(functions["authorise"]))
    manager.add_task("reserve", quiet(functions["reserve"]))
    manager.add_task("invoice", functions["invoice"], ["authorise"])
    manager.add_task("pack", functions["pack"], ["reserve"])
    return manager
