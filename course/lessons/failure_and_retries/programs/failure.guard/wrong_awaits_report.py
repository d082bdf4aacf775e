# gets: wrapper-failed
import inspect


def guard(task, report):
    async def run(*args, **kwargs):
        try:
            result = task(*args, **kwargs)
            if inspect.isawaitable(result):
                await result
        except Exception as error:
            await report(error)

    return run
