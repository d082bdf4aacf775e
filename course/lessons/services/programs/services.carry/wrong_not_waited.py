# gets: error-lost
# breaks: errors
import asyncio
import inspect


def carry(function):
    context = copy_context()
    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            asyncio.create_task(function(*args, **kwargs), context=context)

        return run

    def run_sync(*args, **kwargs):
        return context.run(function, *args, **kwargs)

    return run_sync
