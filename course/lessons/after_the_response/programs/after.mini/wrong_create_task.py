# gets: overlap
import inspect

from starlette.concurrency import run_in_threadpool


class Later(JSONResponse):
    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        kept = []
        for f in self.functions:
            kept.append(asyncio.create_task(f() if inspect.iscoroutinefunction(f) else run_in_threadpool(f)))
        for task in kept:
            await task


def respond_then(content, functions):
    response = Later(content)
    response.functions = functions
    return response
