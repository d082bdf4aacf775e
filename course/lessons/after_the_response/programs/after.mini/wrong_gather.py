# gets: overlap
import inspect

from starlette.concurrency import run_in_threadpool


class Later(JSONResponse):
    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        await asyncio.gather(
            *(f() if inspect.iscoroutinefunction(f) else run_in_threadpool(f) for f in self.functions)
        )


def respond_then(content, functions):
    response = Later(content)
    response.functions = functions
    return response
