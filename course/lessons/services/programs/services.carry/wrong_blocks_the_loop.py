# gets: on-the-loop
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def task(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            await asyncio.create_task(function(*args, **kwargs), context=context)
        else:
            context.run(function, *args, **kwargs)

    return task
