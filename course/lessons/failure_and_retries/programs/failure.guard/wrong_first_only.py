# gets: not-reported
import inspect


def guard(task, report):
    if inspect.iscoroutinefunction(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except Exception as error:
                run.__dict__.setdefault("told", error) is error and report(error)

        return run

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            run.__dict__.setdefault("told", error) is error and report(error)

    return run
