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
