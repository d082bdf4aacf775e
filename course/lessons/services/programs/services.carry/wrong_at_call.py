# gets: value-lost
# breaks: context
import asyncio
import inspect


def carry(function):
    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            return await asyncio.create_task(function(*args, **kwargs), context=copy_context())

        return run

    def run_sync(*args, **kwargs):
        return copy_context().run(function, *args, **kwargs)

    return run_sync
