# gets: arguments-lost
# breaks: arguments
import asyncio
import inspect


def carry(function):
    context = copy_context()
    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            return await asyncio.create_task(function(*args), context=context)

        return run

    def run_sync(*args, **kwargs):
        return context.run(function, *args)

    return run_sync
