# gets: task-failed
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args):
        await asyncio.create_task(function(*args), context=context)

    def run(*args):
        context.run(function, *args)

    return run_async if inspect.iscoroutinefunction(function) else run
