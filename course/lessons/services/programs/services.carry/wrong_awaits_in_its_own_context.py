# gets: value-lost
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        await context.run(function, *args, **kwargs)

    def run(*args, **kwargs):
        context.run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run
