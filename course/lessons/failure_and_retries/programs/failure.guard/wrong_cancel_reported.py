# gets: no-failure
import inspect


def guard(task, report):
    if inspect.iscoroutinefunction(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except Exception as error:
                report(error)
            except asyncio.CancelledError as error:
                report(error)
                raise

        return run

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            report(error)

    return run
