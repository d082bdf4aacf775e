import inspect

from starlette.concurrency import run_in_threadpool


class ThenResponse(JSONResponse):
    def __init__(self, content, functions):
        super().__init__(content)
        self.functions = functions

    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        for function in self.functions:
            if inspect.iscoroutinefunction(function):
                await function()
            else:
                await run_in_threadpool(function)


def respond_then(content: object, functions: list) -> Response:
    """A JSON response that, once sent, runs `functions` (def or async def, no arguments) in order."""
    return ThenResponse(content, functions)
