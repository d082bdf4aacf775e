import inspect


def guard(task, report):
    """Wrap `task`, sync or async, so that no Exception leaves it: call report(error) instead."""

    def run(*args, **kwargs):
        try:
            return task(*args, **kwargs)
        except Exception as error:
            report(error)

    async def run_async(*args, **kwargs):
        try:
            return await task(*args, **kwargs)
        except Exception as error:
            report(error)

    return run_async if inspect.iscoroutinefunction(task) else run
