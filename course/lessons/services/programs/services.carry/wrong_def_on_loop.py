# gets: on-the-loop
# breaks: place
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            return await asyncio.create_task(function(*args, **kwargs), context=context)
        return context.run(function, *args, **kwargs)

    return run
