import contextlib
import functools
import inspect


@contextlib.contextmanager
def reporting(report):
    try:
        yield
    except Exception as error:
        report(error)


def guard(task, report):
    if inspect.iscoroutinefunction(task):

        @functools.wraps(task)
        async def guarded_task(*a, **k):
            with reporting(report):
                await task(*a, **k)

    else:

        @functools.wraps(task)
        def guarded_task(*a, **k):
            with reporting(report):
                task(*a, **k)

    return guarded_task
