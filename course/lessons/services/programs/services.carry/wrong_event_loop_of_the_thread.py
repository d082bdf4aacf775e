# gets: task-failed
import asyncio
import inspect


def carry(function):
    ctx = copy_context()

    def task(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            asyncio.get_event_loop().create_task(function(*args, **kwargs), context=ctx)
        else:
            ctx.run(function, *args, **kwargs)

    return task
