# gets: escapes
# breaks: reports
import inspect


def guard(task, report):
    if inspect.iscoroutinefunction(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except ConnectionError as error:
                report(error)

        return run

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except ConnectionError as error:
            report(error)

    return run
