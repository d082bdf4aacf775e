# gets: others-functions
# breaks: after
import inspect
from starlette.concurrency import run_in_threadpool


class Then(JSONResponse):
    functions = []

    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        while self.functions:
            function = self.functions.pop(0)
            if inspect.iscoroutinefunction(function):
                await function()
            else:
                await run_in_threadpool(function)


def respond_then(content, functions):
    Then.functions.extend(functions)
    return Then(content)
