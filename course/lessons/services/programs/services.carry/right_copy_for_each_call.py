import asyncio
import inspect


def carry(function):
    context = copy_context()
    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            return await asyncio.create_task(function(*args, **kwargs), context=context.copy())

        return run

    def run_sync(*args, **kwargs):
        return context.copy().run(function, *args, **kwargs)

    return run_sync
