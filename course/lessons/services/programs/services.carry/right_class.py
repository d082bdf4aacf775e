import asyncio
import inspect


class carry:
    def __init__(self, function):
        self.function, self.context = function, copy_context()

    async def __call__(self, *args, **kwargs):
        if inspect.iscoroutinefunction(self.function):
            return await asyncio.get_running_loop().create_task(
                self.function(*args, **kwargs), context=self.context
            )
        return await asyncio.get_running_loop().run_in_executor(
            None, lambda: self.context.run(self.function, *args, **kwargs)
        )
