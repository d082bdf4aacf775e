# gets: error-lost
# breaks: errors
import asyncio
import inspect


def carry(function):
    context = copy_context()
    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            return await asyncio.create_task(function(*args, **kwargs), context=context)

        return run

    def run_sync(*args, **kwargs):
        try:
            return context.run(function, *args, **kwargs)
        except Exception:
            return None

    return run_sync
