# gets: loop-blocked
import inspect
from starlette.concurrency import run_in_threadpool


def respond_then(content, functions):
    class Then(JSONResponse):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope, receive, send)
            seen_async = False
            for function in functions:
                if inspect.iscoroutinefunction(function):
                    seen_async = True
                    await function()
                elif seen_async:
                    function()
                else:
                    await run_in_threadpool(function)

    return Then(content)
