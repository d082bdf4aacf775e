import asyncio
from functools import partial


class InContext:
    def __init__(self, function):
        self.function, self.context = function, copy_context()

    async def __call__(self, *args, **kwargs):
        loop = asyncio.get_running_loop()
        await loop.create_task(self.function(*args, **kwargs), context=self.context)


def carry(function):
    if (
        asyncio.iscoroutinefunction(function)
        if not hasattr(function, "__code__")
        else function.__code__.co_flags & 0x80
    ):
        return InContext(function)
    return partial(copy_context().run, function)
