# gets: value-lost
# breaks: apart
import asyncio
import inspect

_context = copy_context()


def carry(function):
    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            return await asyncio.create_task(function(*args, **kwargs), context=_context)

        return run

    def run_sync(*args, **kwargs):
        return _context.run(function, *args, **kwargs)

    return run_sync
