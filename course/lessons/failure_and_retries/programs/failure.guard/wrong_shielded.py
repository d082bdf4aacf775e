# gets: goes-on
# breaks: passes
import inspect


def guard(task, report):
    if inspect.iscoroutinefunction(task):

        async def run(*args, **kwargs):
            try:
                await asyncio.shield(task(*args, **kwargs))
            except Exception as error:
                report(error)

        return run

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            report(error)

    return run
