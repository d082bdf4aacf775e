# gets: value-lost
# breaks: context
import inspect


def carry(function):
    variables = [(v, x) for v, x in copy_context().items()][:1]

    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            for v, x in variables:
                v.set(x)
            return await function(*args, **kwargs)

        return run

    def run_sync(*args, **kwargs):
        for v, x in variables:
            v.set(x)
        return function(*args, **kwargs)

    return run_sync
