# gets: escapes
import inspect


def guard(task, report):
    async def run(*args, **kwargs):
        try:
            await task(*args, **kwargs)
        except Exception as error:
            report(error)
            raise

    def run_sync(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            report(error)
            raise

    return run if inspect.iscoroutinefunction(task) else run_sync
