# %% starter
def carry(function):
    """A task that runs `function` (def or async def) in the context of the code that called carry()."""
    return ____


# %% right reference
import asyncio
import inspect


def carry(function):
    """A task that runs `function` (def or async def) in the context of the code that called carry()."""
    context = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args, **kwargs), context=context)

    def run(*args, **kwargs):
        context.run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% right partial_and_task_group
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


# %% right runs_threads_itself
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def task(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            await context.run(asyncio.create_task, function(*args, **kwargs))
        else:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, lambda: context.run(function, *args, **kwargs))

    return task


# %% right sets_the_values
from functools import wraps
from inspect import iscoroutinefunction


def carry(function):
    values = dict(copy_context())

    def restore():
        for variable, value in values.items():
            variable.set(value)

    if iscoroutinefunction(function):

        @wraps(function)
        async def task(*args, **kwargs):
            restore()
            return await function(*args, **kwargs)

    else:

        @wraps(function)
        def task(*args, **kwargs):
            restore()
            return function(*args, **kwargs)

    return task


# %% wrong drops_arguments gets arguments-lost
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args), context=context)

    def run(*args, **kwargs):
        context.run(function, *args)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong only_def gets coroutine-lost
from functools import partial


def carry(function):
    return partial(copy_context().run, function)


# %% wrong not_awaited gets error-lost
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        asyncio.create_task(function(*args, **kwargs), context=context)

    def run(*args, **kwargs):
        context.run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong swallows gets error-lost
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.gather(
            context.run(asyncio.create_task, function(*args, **kwargs)), return_exceptions=True
        )

    def run(*args, **kwargs):
        try:
            context.run(function, *args, **kwargs)
        except Exception:
            pass

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong one_context_for_all gets mixed-up
import asyncio
import inspect

latest = None


def carry(function):
    global latest
    latest = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args, **kwargs), context=latest)

    def run(*args, **kwargs):
        latest.copy().run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong never_runs gets never-ran
def carry(function):
    context = copy_context()

    def task(*args, **kwargs):
        context.copy()

    return task


# %% wrong returns_the_context gets not-callable
def carry(function):
    return copy_context()


# %% wrong blocks_the_loop gets on-the-loop
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def task(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            await asyncio.create_task(function(*args, **kwargs), context=context)
        else:
            context.run(function, *args, **kwargs)

    return task


# %% wrong loop_of_its_own gets other-loop
import asyncio
import inspect


def carry(function):
    context = copy_context()

    def task(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            context.run(asyncio.run, function(*args, **kwargs))
        else:
            context.run(function, *args, **kwargs)

    return task


# %% wrong runs_it_now gets ran-at-once
def carry(function):
    return copy_context().run(function) or "done"


# %% wrong event_loop_of_the_thread gets task-failed
import asyncio
import inspect


def carry(function):
    ctx = copy_context()

    def task(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            asyncio.get_event_loop().create_task(function(*args, **kwargs), context=ctx)
        else:
            ctx.run(function, *args, **kwargs)

    return task


# %% wrong positional_only gets task-failed
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args):
        await asyncio.create_task(function(*args), context=context)

    def run(*args):
        context.run(function, *args)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong awaits_in_its_own_context gets value-lost
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        await context.run(function, *args, **kwargs)

    def run(*args, **kwargs):
        context.run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong copies_too_late gets value-lost
import asyncio
import inspect


def carry(function):
    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args, **kwargs), context=copy_context())

    def run(*args, **kwargs):
        copy_context().run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong nothing gets value-lost
def carry(function):
    return function
