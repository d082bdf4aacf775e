# gets: value-lost
import asyncio
import inspect


def carry(function):
    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args, **kwargs), context=copy_context())

    def run(*args, **kwargs):
        copy_context().run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run
