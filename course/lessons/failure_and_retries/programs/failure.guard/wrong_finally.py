# gets: success-reported
import inspect


def guard(task, report):
    def run(*args, **kwargs):
        problem = None
        try:
            task(*args, **kwargs)
        except Exception as error:
            problem = error
        finally:
            report(problem)

    async def run_async(*args, **kwargs):
        problem = None
        try:
            await task(*args, **kwargs)
        except Exception as error:
            problem = error
        finally:
            report(problem)

    return run_async if inspect.iscoroutinefunction(task) else run
