# gets: before-response
# breaks: after
import inspect

from starlette.concurrency import run_in_threadpool


class Later(JSONResponse):
    async def __call__(self, scope, receive, send):
        for f in self.functions:
            if inspect.iscoroutinefunction(f):
                await f()
            else:
                await run_in_threadpool(f)
        await super().__call__(scope, receive, send)


def respond_then(content, functions):
    response = Later(content)
    response.functions = functions
    return response
