# gets: other-loop
import asyncio
import inspect


def carry(function):
    context = copy_context()

    def task(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            context.run(asyncio.run, function(*args, **kwargs))
        else:
            context.run(function, *args, **kwargs)

    return task
