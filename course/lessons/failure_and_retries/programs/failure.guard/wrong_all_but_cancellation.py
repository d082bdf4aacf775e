# gets: stops-the-end
# breaks: passes
import inspect
from starlette.concurrency import run_in_threadpool


class Guard:
    def __init__(self, task, report):
        self.task, self.report = task, report

    async def __call__(self, *args, **kwargs):
        try:
            if inspect.iscoroutinefunction(self.task):
                await self.task(*args, **kwargs)
            else:
                await run_in_threadpool(self.task, *args, **kwargs)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self.report(error)


def guard(task, report):
    return Guard(task, report)
