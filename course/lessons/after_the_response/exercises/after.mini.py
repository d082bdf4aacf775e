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


# %% wrong before gets before-response breaks after
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


# %% wrong stream gets before-the-end
import inspect, json
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse


def respond_then(content, functions):
    async def body():
        yield json.dumps(content)
        for function in functions:
            if inspect.iscoroutinefunction(function):
                await function()
            else:
                await run_in_threadpool(function)

    return StreamingResponse(body(), media_type="application/json")


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


# %% wrong blocks_the_loop gets loop-blocked breaks loop
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


# %% wrong def_only_first gets loop-blocked
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


# %% wrong threads_at_once gets overlap
import inspect, asyncio


def respond_then(content, functions):
    class Then(JSONResponse):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope, receive, send)
            running = []
            for function in functions:
                if inspect.iscoroutinefunction(function):
                    await function()
                else:
                    running.append(asyncio.create_task(asyncio.to_thread(function)))
            await asyncio.gather(*running)

    return Then(content)


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


# %% wrong empty_content gets wrong-body breaks content
import inspect
from starlette.concurrency import run_in_threadpool


def respond_then(content, functions):
    class Then(JSONResponse):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope, receive, send)
            for function in functions:
                if inspect.iscoroutinefunction(function):
                    await function()
                else:
                    await run_in_threadpool(function)

    return Then(content or {"ok": True})


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


# %% wrong reversed gets wrong-order breaks order
import inspect
from starlette.concurrency import run_in_threadpool


def respond_then(content, functions):
    class Then(JSONResponse):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope, receive, send)
            for function in reversed(functions):
                if inspect.iscoroutinefunction(function):
                    await function()
                else:
                    await run_in_threadpool(function)

    return Then(content)


# %% wrong unique gets once-of-two
import inspect
from starlette.concurrency import run_in_threadpool


def respond_then(content, functions):
    class Then(JSONResponse):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope, receive, send)
            for function in dict.fromkeys(functions):
                if inspect.iscoroutinefunction(function):
                    await function()
                else:
                    await run_in_threadpool(function)

    return Then(content)


# %% wrong other_loop gets async-elsewhere breaks async
import inspect, asyncio
from starlette.concurrency import run_in_threadpool


def respond_then(content, functions):
    def work():
        for function in functions:
            if inspect.iscoroutinefunction(function):
                asyncio.run(function())
            else:
                function()

    class Then(JSONResponse):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope, receive, send)
            await run_in_threadpool(work)

    return Then(content)


# %% wrong shared_class gets others-functions breaks after
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


# %% wrong background gets starlettes-tasks breaks itself
from starlette.concurrency import run_in_threadpool


from starlette.background import BackgroundTasks


def respond_then(content, functions):
    tasks = BackgroundTasks()
    for function in functions:
        tasks.add_task(function)
    return JSONResponse(content, background=tasks)


# %% wrong background_attribute gets starlettes-tasks
from starlette.background import BackgroundTasks as Several


def respond_then(content, functions):
    response = JSONResponse(content)
    tasks = Several()
    for function in functions:
        tasks.add_task(function)
    response.background = tasks
    return response


# %% wrong background_task_inside gets starlettes-tasks
def respond_then(content, functions):
    class Then(JSONResponse):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope, receive, send)
            for function in functions:
                await BackgroundTask(function)()

    return Then(content)


# %% wrong text_that_looks_like_json gets other-type breaks content
import inspect
import json

from starlette.concurrency import run_in_threadpool


class Then(Response):
    def __init__(self, content, functions):
        super().__init__(json.dumps(content))
        self.functions = functions

    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        for function in self.functions:
            if inspect.iscoroutinefunction(function):
                await function()
            else:
                await run_in_threadpool(function)


def respond_then(content, functions):
    return Then(content, functions)


# %% wrong attribute_instead_of_argument gets starlettes-tasks breaks itself
import inspect

from starlette.concurrency import run_in_threadpool


def respond_then(content, functions):
    async def run_all():
        for function in functions:
            await (function() if inspect.iscoroutinefunction(function) else run_in_threadpool(function))

    response = JSONResponse(content)
    response.background = run_all
    return response


# %% wrong whole_numbers gets wrong-body breaks content
import inspect

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse


class Then(JSONResponse):
    functions = ()

    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        for function in self.functions:
            if inspect.iscoroutinefunction(function):
                await function()
            else:
                await run_in_threadpool(function)

    def render(self, content):
        return super().render(int(content) if isinstance(content, float) else content)


def respond_then(content: object, functions: list) -> Response:
    response = Then(content)
    response.functions = functions
    return response


# %% wrong cut gets wrong-body
import inspect

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse


class Then(JSONResponse):
    functions = ()

    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        for function in self.functions:
            if inspect.iscoroutinefunction(function):
                await function()
            else:
                await run_in_threadpool(function)

    def render(self, content):
        return super().render(content)[:10_000]


def respond_then(content: object, functions: list) -> Response:
    response = Then(content)
    response.functions = functions
    return response


# %% wrong ten_at_most gets not-run breaks after
import inspect

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse


class Then(JSONResponse):
    functions = ()

    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        for function in self.functions[:10]:
            if inspect.iscoroutinefunction(function):
                await function()
            else:
                await run_in_threadpool(function)


def respond_then(content: object, functions: list) -> Response:
    response = Then(content)
    response.functions = functions
    return response


# %% wrong waits_for_a_moment gets overlap breaks order
import inspect

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

import asyncio


class Then(JSONResponse):
    functions = ()

    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        for function in self.functions:
            if inspect.iscoroutinefunction(function):
                await asyncio.wait([asyncio.ensure_future(function())], timeout=0.05)
            else:
                await run_in_threadpool(function)


def respond_then(content: object, functions: list) -> Response:
    response = Then(content)
    response.functions = functions
    return response


# %% wrong empties_the_list gets changes-the-list breaks after
import inspect

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response


class Then(JSONResponse):
    functions: list

    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        while self.functions:
            function = self.functions.pop(0)
            if inspect.iscoroutinefunction(function):
                await function()
            else:
                await run_in_threadpool(function)


def respond_then(content: object, functions: list) -> Response:
    response = Then(content)
    response.functions = functions
    return response


# %% wrong joins_on_the_loop gets loop-waits breaks loop
import inspect
import threading

from starlette.responses import JSONResponse, Response


def respond_then(content: object, functions: list) -> Response:
    class Then(JSONResponse):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope, receive, send)
            for function in functions:
                if inspect.iscoroutinefunction(function):
                    await function()
                else:
                    thread = threading.Thread(target=function)
                    thread.start()
                    thread.join()

    return Then(content)


# %% wrong left_to_a_task gets left-behind breaks itself
import asyncio
import inspect

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

_running = set()


def respond_then(content: object, functions: list) -> Response:
    async def run_all():
        for function in functions:
            if inspect.iscoroutinefunction(function):
                await function()
            else:
                await run_in_threadpool(function)

    class Then(JSONResponse):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope, receive, send)
            task = asyncio.create_task(run_all())
            _running.add(task)
            task.add_done_callback(_running.discard)

    return Then(content)


# %% wrong once_and_for_all gets not-run-again breaks after
import inspect

from starlette.concurrency import run_in_threadpool

HAVE_RUN = set()


class Once(JSONResponse):
    async def __call__(self, scope, receive, send):
        await super().__call__(scope, receive, send)
        for f in self.functions:
            if f not in HAVE_RUN:
                await f() if inspect.iscoroutinefunction(f) else await run_in_threadpool(f)
        HAVE_RUN.update(self.functions)


def respond_then(content, functions):
    response = Once(content)
    response.functions = functions
    return response


# %% wrong last_one_left_behind gets left-behind breaks itself
import asyncio
import inspect
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response


def respond_then(content: object, functions: list) -> Response:
    class Then(JSONResponse):
        async def __call__(self, scope, receive, send) -> None:
            await super().__call__(scope, receive, send)
            for place, function in enumerate(functions, start=1):
                if not inspect.iscoroutinefunction(function):
                    await run_in_threadpool(function)
                elif place < len(functions):
                    await function()
                else:
                    self.left = asyncio.ensure_future(function())

    return Then(content)


# %% wrong stops_after_false gets not-run
# mistake: stops at a function that returns a false value (None is all right) -- "the functions run, each of them"
import inspect

from starlette.concurrency import run_in_threadpool


def respond_then(content, functions):
    class Then(JSONResponse):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope, receive, send)
            for function in functions:
                result = await (
                    function() if inspect.iscoroutinefunction(function) else run_in_threadpool(function)
                )
                if result is False:
                    break

    return Then(content)


# %% wrong ends_after_a_moment gets not-to-the-end breaks itself
import asyncio
import inspect
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response


def respond_then(content: object, functions: list) -> Response:
    class Then(JSONResponse):
        async def __call__(self, scope, receive, send) -> None:
            await super().__call__(scope, receive, send)
            for function in functions:
                if inspect.iscoroutinefunction(function):
                    await asyncio.wait_for(function(), 0.1)
                else:
                    await run_in_threadpool(function)

    return Then(content)
