# gets: sync-on-loop
# breaks: places
import inspect


def guard(task, report):
    async def run(*args, **kwargs):
        try:
            result = task(*args, **kwargs)
            if inspect.isawaitable(result):
                await result
        except Exception as error:
            report(error)

    return run
