# gets: loop-blocked
# breaks: loop
import inspect

from starlette.concurrency import run_in_threadpool


class Later(JSONResponse):
    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        for f in self.functions:
            if inspect.iscoroutinefunction(f):
                await f()
            else:
                f()


def respond_then(content, functions):
    response = Later(content)
    response.functions = functions
    return response
