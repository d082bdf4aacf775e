# %% starter
def guard(task, report):
    """Wrap `task`, sync or async, so that no Exception leaves it: call report(error) instead."""
    return ____


# %% right reference
import inspect


def guard(task, report):
    """Wrap `task`, sync or async, so that no Exception leaves it: call report(error) instead."""

    def run(*args, **kwargs):
        try:
            return task(*args, **kwargs)
        except Exception as error:
            report(error)

    async def run_async(*args, **kwargs):
        try:
            return await task(*args, **kwargs)
        except Exception as error:
            report(error)

    return run_async if inspect.iscoroutinefunction(task) else run


# %% right class
import inspect
from starlette.concurrency import run_in_threadpool


class Guard:
    def __init__(self, task, report):
        self.task, self.report = task, report

    async def __call__(self, *args, **kwargs):
        try:
            if inspect.iscoroutinefunction(self.task):
                await self.task(*args, **kwargs)
            else:
                await run_in_threadpool(self.task, *args, **kwargs)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self.report(error)


def guard(task, report):
    return Guard(task, report)


# %% right context_manager
import contextlib
import functools
import inspect


@contextlib.contextmanager
def reporting(report):
    try:
        yield
    except Exception as error:
        report(error)


def guard(task, report):
    if inspect.iscoroutinefunction(task):

        @functools.wraps(task)
        async def guarded_task(*a, **k):
            with reporting(report):
                await task(*a, **k)

    else:

        @functools.wraps(task)
        def guarded_task(*a, **k):
            with reporting(report):
                task(*a, **k)

    return guarded_task


# %% right partial
import inspect
from functools import partial


def run(task, report, *args, **kwargs):
    try:
        task(*args, **kwargs)
    except Exception as error:
        report(error)


async def run_async(task, report, *args, **kwargs):
    try:
        await task(*args, **kwargs)
    except Exception as error:
        report(error)


def guard(task, report):
    return partial(run_async if inspect.iscoroutinefunction(task) else run, task, report)


# %% right starlettes_task
from starlette.background import BackgroundTask


def guard(task, report):
    async def run(*args, **kwargs):
        try:
            await BackgroundTask(task, *args, **kwargs)()  # Starlette decides where it runs
        except Exception as error:
            report(error)

    return run


# %% wrong drops_arguments gets arguments-lost
def guard(task, report):
    def strict(number, note):
        task(number, note=note)

    def run(*args, **kwargs):
        try:
            strict()
        except Exception as error:
            report(error)

    return run


# %% wrong sync_wrapper gets coroutine-lost
def guard(task, report):
    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            report(error)

    return run


# %% wrong nothing_done gets escapes
def guard(task, report):
    return task


# %% wrong reports_and_raises gets escapes
import inspect


def guard(task, report):
    async def run(*args, **kwargs):
        try:
            await task(*args, **kwargs)
        except Exception as error:
            report(error)
            raise

    def run_sync(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            report(error)
            raise

    return run if inspect.iscoroutinefunction(task) else run_sync


# %% wrong returns_a_tuple gets not-callable
def guard(task, report):
    return task, report


# %% wrong swallows gets not-reported
import contextlib


def guard(task, report):
    def run(*args, **kwargs):
        with contextlib.suppress(Exception):
            task(*args, **kwargs)

    return run


# %% wrong runs_at_once gets ran-at-once
def guard(task, report):
    try:
        return task(17, note="urgent")
    except Exception as error:
        report(error)
        return lambda *a, **k: None


# %% wrong catches_all gets stops-cancellation
import inspect


def guard(task, report):
    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except BaseException as error:
            report(error)

    async def run_async(*args, **kwargs):
        try:
            await task(*args, **kwargs)
        except BaseException as error:
            report(error)

    return run_async if inspect.iscoroutinefunction(task) else run


# %% wrong finally gets success-reported
import inspect


def guard(task, report):
    def run(*args, **kwargs):
        problem = None
        try:
            task(*args, **kwargs)
        except Exception as error:
            problem = error
        finally:
            report(problem)

    async def run_async(*args, **kwargs):
        problem = None
        try:
            await task(*args, **kwargs)
        except Exception as error:
            problem = error
        finally:
            report(problem)

    return run_async if inspect.iscoroutinefunction(task) else run


# %% wrong async_for_all gets sync-on-loop
import inspect


def guard(task, report):
    async def run(*args, **kwargs):
        try:
            result = task(*args, **kwargs)
            if inspect.isawaitable(result):
                await result
        except Exception as error:
            report(error)

    return run


# %% wrong awaits_report gets wrapper-failed
import inspect


def guard(task, report):
    async def run(*args, **kwargs):
        try:
            result = task(*args, **kwargs)
            if inspect.isawaitable(result):
                await result
        except Exception as error:
            await report(error)

    return run


# %% wrong typo gets wrapper-failed
def guard(task, report):
    def run(*args, **kwargs):
        try:
            tsk(*args, **kwargs)
        except Exception as error:
            report(error)

    return run


# %% wrong drops_keywords gets wrong-arguments
def guard(task, report):
    def run(*args, **kwargs):
        try:
            task(*args)
        except Exception as error:
            report(error)

    return run


# %% wrong reports_text gets wrong-report
def guard(task, report):
    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            report(str(error))

    return run
