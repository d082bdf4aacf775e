import inspect


def guard(task, report):
    async def run(*args, **kwargs):
        try:
            if inspect.iscoroutinefunction(task):
                await task(*args, **kwargs)
            else:
                await asyncio.to_thread(task, *args, **kwargs)
        except Exception as error:
            report(error)

    return run
