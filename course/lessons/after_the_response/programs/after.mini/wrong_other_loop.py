# gets: async-elsewhere
# breaks: async
import inspect, asyncio
from starlette.concurrency import run_in_threadpool


def respond_then(content, functions):
    def work():
        for function in functions:
            if inspect.iscoroutinefunction(function):
                asyncio.run(function())
            else:
                function()

    class Then(JSONResponse):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope, receive, send)
            await run_in_threadpool(work)

    return Then(content)
