# gets: error-lost
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.gather(
            context.run(asyncio.create_task, function(*args, **kwargs)), return_exceptions=True
        )

    def run(*args, **kwargs):
        try:
            context.run(function, *args, **kwargs)
        except Exception:
            pass

    return run_async if inspect.iscoroutinefunction(function) else run
