# gets: before-response
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
