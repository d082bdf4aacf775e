# gets: overlap
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
