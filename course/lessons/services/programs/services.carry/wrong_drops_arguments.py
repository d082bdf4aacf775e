# gets: arguments-lost
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args), context=context)

    def run(*args, **kwargs):
        context.run(function, *args)

    return run_async if inspect.iscoroutinefunction(function) else run
