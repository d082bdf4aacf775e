# gets: wrong-order
import inspect

from starlette.concurrency import run_in_threadpool


class Later(JSONResponse):
    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        for f in sorted(self.functions, key=lambda f: not inspect.iscoroutinefunction(f)):
            if inspect.iscoroutinefunction(f):
                await f()
            else:
                await run_in_threadpool(f)


def respond_then(content, functions):
    response = Later(content)
    response.functions = functions
    return response
