# gets: error-lost
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        asyncio.create_task(function(*args, **kwargs), context=context)

    def run(*args, **kwargs):
        context.run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run
