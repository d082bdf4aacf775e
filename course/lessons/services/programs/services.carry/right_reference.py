import asyncio
import inspect


def carry(function):
    """A task that runs `function` (def or async def) in the context of the code that called carry()."""
    context = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args, **kwargs), context=context)

    def run(*args, **kwargs):
        context.run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run
