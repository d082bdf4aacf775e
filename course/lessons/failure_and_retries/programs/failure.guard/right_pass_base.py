import inspect
from functools import wraps


def guard(task, report):
    if inspect.iscoroutinefunction(task):

        @wraps(task)
        async def run(*a, **k):
            try:
                return await task(*a, **k)
            except BaseException as error:
                if not isinstance(error, Exception):
                    raise
                report(error)

        return run

    @wraps(task)
    def run(*a, **k):
        try:
            return task(*a, **k)
        except Exception as error:
            report(error)

    return run
