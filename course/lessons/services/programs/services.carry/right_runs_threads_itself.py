import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def task(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            await context.run(asyncio.create_task, function(*args, **kwargs))
        else:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, lambda: context.run(function, *args, **kwargs))

    return task
