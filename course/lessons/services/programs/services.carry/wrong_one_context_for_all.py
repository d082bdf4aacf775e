# gets: mixed-up
import asyncio
import inspect

latest = None


def carry(function):
    global latest
    latest = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args, **kwargs), context=latest)

    def run(*args, **kwargs):
        latest.copy().run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run
