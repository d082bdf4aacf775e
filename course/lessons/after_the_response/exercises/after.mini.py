# %% starter
def respond_then(content: object, functions: list) -> Response:
    """A JSON response that, once sent, runs `functions` (def or async def, no arguments) in order."""
    return ____


# %% right reference
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


# %% right to_thread
import inspect

from starlette.concurrency import run_in_threadpool


class Later(Response):
    media_type = "application/json"

    async def __call__(self, scope, receive, send):
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body})
        for step in self.steps:
            await step() if inspect.iscoroutinefunction(step) else await asyncio.to_thread(step)


def respond_then(content, functions):
    import json

    response = Later(json.dumps(content))
    response.steps = functions
    return response


# %% right with_starlette
from starlette.concurrency import run_in_threadpool


from starlette.background import BackgroundTasks


def respond_then(content, functions):
    tasks = BackgroundTasks()
    for function in functions:
        tasks.add_task(function)
    return JSONResponse(content, background=tasks)


# %% right wrapped_send
from starlette.concurrency import run_in_threadpool
from starlette._utils import is_async_callable


def respond_then(content, functions):
    class Then(Response):
        def render(self, content):
            return JSONResponse(content).body

        async def __call__(self, scope, receive, send):
            async def after():
                for function in functions:
                    await (function() if is_async_callable(function) else run_in_threadpool(function))

            async def tell(message):
                await send(message)
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    await after()

            await super().__call__(scope, receive, tell)

    return Then(content, media_type="application/json")


# %% wrong before gets before-response
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


# %% wrong never_awaited gets coroutine-lost
from starlette.concurrency import run_in_threadpool


class Later(JSONResponse):
    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        for f in self.functions:
            await run_in_threadpool(f)


def respond_then(content, functions):
    response = Later(content)
    response.functions = functions
    return response


# %% wrong blocks_the_loop gets loop-blocked
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


# %% wrong returns_content gets not-a-response
from starlette.concurrency import run_in_threadpool


def respond_then(content, functions):
    return content


# %% wrong no_tasks gets not-run
from starlette.concurrency import run_in_threadpool


class Later(JSONResponse):
    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)


def respond_then(content, functions):
    response = Later(content)
    response.functions = functions
    return response


# %% wrong only_first gets not-run
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


# %% wrong create_task gets overlap
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


# %% wrong gather gets overlap
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


# %% wrong awaits_everything gets task-error
from starlette.concurrency import run_in_threadpool


class Later(JSONResponse):
    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        for f in self.functions:
            await f()


def respond_then(content, functions):
    response = Later(content)
    response.functions = functions
    return response


# %% wrong body gets wrong-body
from starlette.concurrency import run_in_threadpool


def respond_then(content, functions):
    from starlette.background import BackgroundTasks

    tasks = BackgroundTasks()
    for function in functions:
        tasks.add_task(function)
    return Response(str(content), background=tasks)


# %% wrong async_first gets wrong-order
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
