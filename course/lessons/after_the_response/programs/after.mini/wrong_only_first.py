# gets: not-run
import inspect

from starlette.concurrency import run_in_threadpool


class Later(JSONResponse):
    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        f = self.functions[0]
        await (f() if inspect.iscoroutinefunction(f) else run_in_threadpool(f))


def respond_then(content, functions):
    response = Later(content)
    response.functions = functions
    return response
