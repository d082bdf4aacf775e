import inspect
from functools import partial


def run(task, report, /, *args, **kwargs):
    try:
        task(*args, **kwargs)
    except Exception as error:
        report(error)


async def run_async(task, report, /, *args, **kwargs):
    try:
        await task(*args, **kwargs)
    except Exception as error:
        report(error)


def guard(task, report):
    return partial(run_async if inspect.iscoroutinefunction(task) else run, task, report)
