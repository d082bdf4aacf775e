# gets: arguments-lost
# breaks: arguments
import functools, inspect


async def _a(task, report, *args, **kwargs):
    try:
        await task(*args, **kwargs)
    except Exception as error:
        report(error)


def _s(task, report, *args, **kwargs):
    try:
        task(*args, **kwargs)
    except Exception as error:
        report(error)


def guard(task, report):
    return functools.partial(_a if inspect.iscoroutinefunction(task) else _s, task, report)
