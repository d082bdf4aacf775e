# gets: starlettes-tasks
def respond_then(content, functions):
    class Then(JSONResponse):
        async def __call__(self, scope, receive, send):
            await super().__call__(scope, receive, send)
            for function in functions:
                await BackgroundTask(function)()

    return Then(content)
