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
