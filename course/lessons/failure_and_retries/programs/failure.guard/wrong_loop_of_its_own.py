# gets: async-elsewhere
# breaks: places
import inspect
import asyncio


def guard(task, report):
    def run(*args, **kwargs):
        try:
            value = task(*args, **kwargs)
            if inspect.iscoroutine(value):
                asyncio.run(value)
        except Exception as error:
            report(error)

    return run
