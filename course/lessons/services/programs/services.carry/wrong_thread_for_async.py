# gets: other-loop
# breaks: place
import asyncio
import inspect


def carry(function):
    context = copy_context()

    def run(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            return context.run(asyncio.run, function(*args, **kwargs))
        return context.run(function, *args, **kwargs)

    return run
