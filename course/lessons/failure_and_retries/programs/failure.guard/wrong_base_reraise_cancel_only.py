# gets: stops-the-end
# breaks: passes
import inspect


def guard(task, report):
    if inspect.iscoroutinefunction(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except (Exception, KeyboardInterrupt, SystemExit) as error:
                report(error)

        return run

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except (Exception, KeyboardInterrupt, SystemExit) as error:
            report(error)

    return run
