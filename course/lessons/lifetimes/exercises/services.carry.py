# %% starter
def carry(function):
    """A task that runs `function` (def or async def) in the context of the code that called carry()."""
    return ____


# %% right reference
import asyncio

from course.tasks import is_async


def carry(function):
    """A task that runs `function` (def or async def) in the context of the code that called carry()."""
    context = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args, **kwargs), context=context.copy())

    def run(*args, **kwargs):
        context.copy().run(function, *args, **kwargs)

    return run_async if is_async(function) else run


# %% right partial_and_task_group
import asyncio
from functools import partial


class InContext:
    def __init__(self, function):
        self.function, self.context = function, copy_context()

    async def __call__(self, *args, **kwargs):
        loop = asyncio.get_running_loop()
        await loop.create_task(self.function(*args, **kwargs), context=self.context.copy())


def carry(function):
    if (
        asyncio.iscoroutinefunction(function)
        if not hasattr(function, "__code__")
        else function.__code__.co_flags & 0x80
    ):
        return InContext(function)
    context = copy_context()
    return lambda *args, **kwargs: context.copy().run(partial(function, *args, **kwargs))


# %% right runs_threads_itself
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def task(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            await context.copy().run(asyncio.create_task, function(*args, **kwargs))
        else:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, lambda: context.copy().run(function, *args, **kwargs))

    return task


# %% wrong sets_the_values gets seen-later breaks context
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


# %% right class
import asyncio
import inspect


class carry:
    def __init__(self, function):
        self.function, self.context = function, copy_context()

    async def __call__(self, *args, **kwargs):
        if inspect.iscoroutinefunction(self.function):
            return await asyncio.get_running_loop().create_task(
                self.function(*args, **kwargs), context=self.context.copy()
            )
        return await asyncio.get_running_loop().run_in_executor(
            None, lambda: self.context.copy().run(self.function, *args, **kwargs)
        )


# %% right copy_for_each_call
import asyncio
import inspect


def carry(function):
    context = copy_context()
    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            return await asyncio.create_task(function(*args, **kwargs), context=context.copy())

        return run

    def run_sync(*args, **kwargs):
        return context.copy().run(function, *args, **kwargs)

    return run_sync


# %% wrong task_group gets other-error breaks errors
import asyncio
import inspect


def carry(function):
    context = copy_context()
    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            async with asyncio.TaskGroup() as group:
                group.create_task(function(*args, **kwargs), context=context.copy())

        return run

    def run_sync(*args, **kwargs):
        return context.copy().run(function, *args, **kwargs)

    return run_sync


# %% wrong drops_arguments gets arguments-lost
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args), context=context.copy())

    def run(*args, **kwargs):
        context.copy().run(function, *args)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong no_kwargs gets arguments-lost breaks arguments
import asyncio
import inspect


def carry(function):
    context = copy_context()
    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            return await asyncio.create_task(function(*args), context=context.copy())

        return run

    def run_sync(*args, **kwargs):
        return context.copy().run(function, *args)

    return run_sync


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
        asyncio.create_task(function(*args, **kwargs), context=context.copy())

    def run(*args, **kwargs):
        context.copy().run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong swallows gets error-lost
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.gather(
            context.copy().run(asyncio.create_task, function(*args, **kwargs)), return_exceptions=True
        )

    def run(*args, **kwargs):
        try:
            context.copy().run(function, *args, **kwargs)
        except Exception:
            pass

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong def_error gets error-lost breaks errors
import asyncio
import inspect


def carry(function):
    context = copy_context()
    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            return await asyncio.create_task(function(*args, **kwargs), context=context.copy())

        return run

    def run_sync(*args, **kwargs):
        try:
            return context.copy().run(function, *args, **kwargs)
        except Exception:
            return None

    return run_sync


# %% wrong not_waited gets error-lost breaks errors
import asyncio
import inspect


def carry(function):
    context = copy_context()
    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            asyncio.create_task(function(*args, **kwargs), context=context.copy())

        return run

    def run_sync(*args, **kwargs):
        return context.copy().run(function, *args, **kwargs)

    return run_sync


# %% wrong swallow gets error-lost breaks errors
import asyncio
import inspect


def carry(function):
    context = copy_context()
    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            await asyncio.wait([asyncio.create_task(function(*args, **kwargs), context=context.copy())])

        return run

    def run_sync(*args, **kwargs):
        return context.copy().run(function, *args, **kwargs)

    return run_sync


# %% wrong one_context_for_all gets mixed-up
import asyncio
import inspect

latest = None


def carry(function):
    global latest
    latest = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args, **kwargs), context=latest.copy())

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
            await asyncio.create_task(function(*args, **kwargs), context=context.copy())
        else:
            context.copy().run(function, *args, **kwargs)

    return task


# %% wrong def_on_loop gets on-the-loop breaks place
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            return await asyncio.create_task(function(*args, **kwargs), context=context.copy())
        return context.copy().run(function, *args, **kwargs)

    return run


# %% wrong loop_of_its_own gets other-loop
import asyncio
import inspect


def carry(function):
    context = copy_context()

    def task(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            context.copy().run(asyncio.run, function(*args, **kwargs))
        else:
            context.copy().run(function, *args, **kwargs)

    return task


# %% wrong thread_for_async gets other-loop breaks place
import asyncio
import inspect


def carry(function):
    context = copy_context()

    def run(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            return context.copy().run(asyncio.run, function(*args, **kwargs))
        return context.copy().run(function, *args, **kwargs)

    return run


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
            asyncio.get_event_loop().create_task(function(*args, **kwargs), context=ctx.copy())
        else:
            ctx.copy().run(function, *args, **kwargs)

    return task


# %% wrong positional_only gets task-failed
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args):
        await asyncio.create_task(function(*args), context=context.copy())

    def run(*args):
        context.copy().run(function, *args)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong awaits_in_its_own_context gets value-lost
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        await context.copy().run(function, *args, **kwargs)

    def run(*args, **kwargs):
        context.copy().run(function, *args, **kwargs)

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


# %% wrong at_call gets value-lost breaks context
import asyncio
import inspect


def carry(function):
    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            return await asyncio.create_task(function(*args, **kwargs), context=copy_context())

        return run

    def run_sync(*args, **kwargs):
        return copy_context().run(function, *args, **kwargs)

    return run_sync


# %% wrong shared_context_def gets value-lost breaks apart
import asyncio
import inspect

_context = copy_context()


def carry(function):
    if inspect.iscoroutinefunction(function):

        async def run(*args, **kwargs):
            return await asyncio.create_task(function(*args, **kwargs), context=_context.copy())

        return run

    def run_sync(*args, **kwargs):
        return _context.copy().run(function, *args, **kwargs)

    return run_sync


# %% wrong raises_another_error gets other-error breaks errors
from starlette.concurrency import run_in_threadpool
import inspect, asyncio


def carry(function):
    kept = copy_context()

    async def task(*args, **kwargs):
        try:
            if inspect.iscoroutinefunction(function):
                await asyncio.create_task(function(*args, **kwargs), context=kept.copy())
            else:
                await run_in_threadpool(kept.copy().run, function, *args, **kwargs)
        except OSError:
            raise
        except Exception as error:
            raise RuntimeError(str(error)) from error

    return task


# %% wrong loop_of_its_own_name gets arguments-lost breaks arguments
def carry(function):
    context = copy_context()
    if asyncio.iscoroutinefunction(function):

        async def task(*args, loop=None, **kwargs):
            return await asyncio.get_running_loop().create_task(
                function(*args, **kwargs), context=context.copy()
            )

        return task

    def task(*args, **kwargs):
        return context.copy().run(function, *args, **kwargs)

    return task


# %% wrong context_by_name gets arguments-refused breaks arguments
def carry(function):
    context = copy_context()
    if asyncio.iscoroutinefunction(function):

        async def task(*args, **kwargs):
            return await asyncio.get_running_loop().create_task(
                function(*args, **kwargs), context=context.copy()
            )

        return task

    def task(*args, context=context, **kwargs):
        return context.copy().run(function, *args, **kwargs)

    return task


# %% wrong drops_none gets arguments-lost breaks arguments
def carry(function):
    context = copy_context()
    if asyncio.iscoroutinefunction(function):

        async def task(*args, **kwargs):
            return await asyncio.get_running_loop().create_task(
                function(*args, **kwargs), context=context.copy()
            )

        return task

    def task(*args, **kwargs):
        return context.copy().run(function, *args, **{k: v for k, v in kwargs.items() if v is not None})

    return task


# %% wrong only_what_is_true gets value-lost breaks context
def carry(function):
    import contextvars

    now = copy_context()
    context = contextvars.Context()

    def fill():
        for v, x in now.items():
            if x:
                v.set(x)

    context.run(fill)
    if asyncio.iscoroutinefunction(function):

        async def task(*args, **kwargs):
            return await asyncio.get_running_loop().create_task(
                function(*args, **kwargs), context=context.copy()
            )

        return task

    def task(*args, **kwargs):
        return context.copy().run(function, *args, **kwargs)

    return task


# %% wrong waits_a_moment gets ended-early breaks errors
def carry(function):
    context = copy_context()
    if asyncio.iscoroutinefunction(function):

        async def task(*args, **kwargs):
            t = asyncio.get_running_loop().create_task(function(*args, **kwargs), context=context.copy())
            await asyncio.wait([t], timeout=0.2)
            if t.done():
                t.result()

        return task

    def task(*args, **kwargs):
        return context.copy().run(function, *args, **kwargs)

    return task


# %% wrong time_out gets cut-off breaks errors
def carry(function):
    context = copy_context()
    if asyncio.iscoroutinefunction(function):

        async def task(*args, **kwargs):
            return await asyncio.wait_for(
                asyncio.get_running_loop().create_task(function(*args, **kwargs), context=context.copy()), 0.5
            )

        return task

    def task(*args, **kwargs):
        return context.copy().run(function, *args, **kwargs)

    return task


# %% wrong runs_in_the_copy_now gets ran-at-once
def carry(function):
    return copy_context().run(function)


# %% right from_a_worker_thread
import anyio.from_thread, inspect


def carry(function):
    context = copy_context()
    if not inspect.iscoroutinefunction(function):

        def plain(*args, **kwargs):
            result = []

            def inside():
                result.append(function(*args, **kwargs))

            context.copy().run(inside)
            return result[0]

        return plain

    def in_thread(*args, **kwargs):
        async def on_loop():
            return await asyncio.create_task(function(*args, **kwargs), context=context.copy())

        return anyio.from_thread.run(on_loop)

    return in_thread


# %% wrong one_context_for_all_runs gets seen-of-another-run breaks again
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args, **kwargs), context=context)

    def run(*args, **kwargs):
        context.run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong one_context_for_async_runs gets seen-of-another-run breaks again
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args, **kwargs), context=context)

    def run(*args, **kwargs):
        context.copy().run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong copies_inside_of_the_context gets not-at-once breaks again
import asyncio
import inspect


def carry(function):
    context = copy_context()

    def in_a_copy(*args, **kwargs):
        copy_context().run(function, *args, **kwargs)

    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args, **kwargs), context=context.copy())

    def run(*args, **kwargs):
        context.run(in_a_copy, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong lock_for_all_runs gets one-by-one breaks again
import asyncio
import inspect
import threading


def carry(function):
    context = copy_context()
    lock = threading.Lock()

    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args, **kwargs), context=context.copy())

    def run(*args, **kwargs):
        with lock:
            context.copy().run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong only_once gets second-run-failed breaks again
import asyncio
import inspect


def carry(function):
    contexts = [copy_context()]

    async def run_async(*args, **kwargs):
        await asyncio.create_task(function(*args, **kwargs), context=contexts.pop())

    def run(*args, **kwargs):
        contexts.pop().run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong shields_the_function gets left-behind breaks cancel
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        await asyncio.shield(asyncio.create_task(function(*args, **kwargs), context=context.copy()))

    def run(*args, **kwargs):
        context.copy().run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong waits_beside_it gets left-behind breaks cancel
import asyncio
import inspect


def carry(function):
    context = copy_context()

    async def run_async(*args, **kwargs):
        task = asyncio.create_task(function(*args, **kwargs), context=context.copy())
        await asyncio.wait({task})
        task.result()

    def run(*args, **kwargs):
        context.copy().run(function, *args, **kwargs)

    return run_async if inspect.iscoroutinefunction(function) else run


# %% wrong coroutine_runs_outside gets value-lost breaks context
import inspect


def carry(function):
    context = copy_context()
    if inspect.iscoroutinefunction(function):

        async def task(*args, **kwargs):
            return await context.copy().run(function, *args, **kwargs)

    else:

        def task(*args, **kwargs):
            return context.copy().run(function, *args, **kwargs)

    return task


# %% wrong ends_before_the_function gets ended-in-cleanup breaks cancel
import asyncio
import inspect


def carry(function):
    context = copy_context()
    if not inspect.iscoroutinefunction(function):
        return lambda *args, **kwargs: context.copy().run(function, *args, **kwargs)

    async def run(*args, **kwargs):
        task = asyncio.create_task(function(*args, **kwargs), context=context.copy())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            raise

    return run


# %% wrong only_says_cancelled gets cleanup-error-lost breaks errors
import asyncio
import inspect


def carry(function):
    context = copy_context()
    if not inspect.iscoroutinefunction(function):
        return lambda *args, **kwargs: context.copy().run(function, *args, **kwargs)

    async def run(*args, **kwargs):
        task = asyncio.create_task(function(*args, **kwargs), context=context.copy())
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise
        return task.result()

    return run


# %% wrong never_cancels_it gets not-cancelled breaks cancel
import asyncio
import inspect


def carry(function):
    context = copy_context()
    if not inspect.iscoroutinefunction(function):
        return lambda *args, **kwargs: context.copy().run(function, *args, **kwargs)

    async def run(*args, **kwargs):
        task = asyncio.create_task(function(*args, **kwargs), context=context.copy())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await task
            raise

    return run


# %% right cancels_and_waits
import asyncio
import inspect


def carry(function):
    context = copy_context()
    if not inspect.iscoroutinefunction(function):
        return lambda *args, **kwargs: context.copy().run(function, *args, **kwargs)

    async def run(*args, **kwargs):
        task = asyncio.create_task(function(*args, **kwargs), context=context.copy())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            return await task

    return run


# %% wrong keeps_the_arguments gets arguments-of-another-run breaks again
import asyncio
import inspect


class Carried:
    def __init__(self, function):
        self.function, self.saved = function, copy_context()

    async def __call__(self, *args, **kwargs):
        self.args, self.kwargs = args, kwargs
        if inspect.iscoroutinefunction(self.function):
            return await asyncio.create_task(self.start(), context=self.saved.copy())
        await asyncio.to_thread(self.saved.copy().run, lambda: self.function(*self.args, **self.kwargs))

    async def start(self):
        return await self.function(*self.args, **self.kwargs)


def carry(function):
    return Carried(function)


# %% wrong keeps_the_arguments_for_the_thread gets arguments-of-another-run breaks again
import asyncio
import inspect


class Carried:
    def __init__(self, function):
        self.function, self.saved = function, copy_context()

    async def __call__(self, *args, **kwargs):
        if inspect.iscoroutinefunction(self.function):
            return await asyncio.create_task(self.function(*args, **kwargs), context=self.saved.copy())
        self.args, self.kwargs = args, kwargs
        await asyncio.to_thread(self.saved.copy().run, self.start)

    def start(self):
        return self.function(*self.args, **self.kwargs)


def carry(function):
    return Carried(function)


# %% wrong keeps_the_cancellation_quiet gets cancellation-lost breaks errors
import asyncio
import inspect
from contextlib import suppress


def carry(function):
    saved = copy_context()

    async def task(*args, **kwargs):
        if inspect.iscoroutinefunction(function):
            with suppress(asyncio.CancelledError):
                await asyncio.create_task(function(*args, **kwargs), context=saved.copy())
        else:
            await asyncio.to_thread(saved.copy().run, function, *args, **kwargs)

    return task


# %% wrong hands_on_errors_only gets cancellation-lost breaks errors
import asyncio
import inspect


def carry(function):
    saved = copy_context()
    if not inspect.iscoroutinefunction(function):
        return lambda *args, **kwargs: saved.copy().run(function, *args, **kwargs)

    async def run_async(*args, **kwargs):
        inner = asyncio.create_task(function(*args, **kwargs), context=saved.copy())
        try:
            return await asyncio.shield(inner)
        except asyncio.CancelledError:
            inner.cancel()
            await asyncio.wait({inner})
            if not inner.cancelled():
                return inner.result()

    return run_async


# %% wrong hands_on_a_lost_file_only gets cleanup-error-lost breaks errors
import asyncio
import inspect


def carry(function):
    saved = copy_context()
    if not inspect.iscoroutinefunction(function):
        return lambda *args, **kwargs: saved.copy().run(function, *args, **kwargs)

    async def run_async(*args, **kwargs):
        inner = asyncio.create_task(function(*args, **kwargs), context=saved.copy())
        try:
            return await asyncio.shield(inner)
        except asyncio.CancelledError:
            inner.cancel()
            try:
                await inner
            except OSError:
                raise
            except Exception:
                pass
            raise

    return run_async
