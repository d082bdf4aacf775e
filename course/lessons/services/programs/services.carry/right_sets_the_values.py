from functools import wraps
from inspect import iscoroutinefunction


def carry(function):
    values = dict(copy_context())

    def restore():
        for variable, value in values.items():
            variable.set(value)

    if iscoroutinefunction(function):

        @wraps(function)
        async def task(*args, **kwargs):
            restore()
            return await function(*args, **kwargs)

    else:

        @wraps(function)
        def task(*args, **kwargs):
            restore()
            return function(*args, **kwargs)

    return task
