# gets: stops-cancellation
import inspect


def guard(task, report):
    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except BaseException as error:
            report(error)

    async def run_async(*args, **kwargs):
        try:
            await task(*args, **kwargs)
        except BaseException as error:
            report(error)

    return run_async if inspect.iscoroutinefunction(task) else run
