# %% starter
def guard(task, report):
    """Wrap `task`, sync or async, so that no Exception leaves it: call report(error) instead."""
    return ____


# %% right reference
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

    return run_async if is_async(task) else run


# %% right class
from starlette.concurrency import run_in_threadpool


class Guard:
    def __init__(self, task, report):
        self.task, self.report = task, report

    async def __call__(self, *args, **kwargs):
        try:
            if is_async(self.task):
                await self.task(*args, **kwargs)
            else:
                await run_in_threadpool(self.task, *args, **kwargs)
        except Exception as error:
            self.report(error)


def guard(task, report):
    return Guard(task, report)


# %% right context_manager
import contextlib
import functools


@contextlib.contextmanager
def reporting(report):
    try:
        yield
    except Exception as error:
        report(error)


def guard(task, report):
    if is_async(task):

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
from functools import partial


def run(task, report, /, *args, **kwargs):
    try:
        task(*args, **kwargs)
    except Exception as error:
        report(error)


async def run_async(task, report, /, *args, **kwargs):
    try:
        await task(*args, **kwargs)
    except Exception as error:
        report(error)


def guard(task, report):
    return partial(run_async if is_async(task) else run, task, report)


# %% right starlettes_task
from starlette.background import BackgroundTask


def guard(task, report):
    async def run(*args, **kwargs):
        try:
            await BackgroundTask(task, *args, **kwargs)()  # Starlette decides where it runs
        except Exception as error:
            report(error)

    return run


# %% right async_hand_over
from starlette.concurrency import run_in_threadpool


def guard(task, report):
    async def run(*args, **kwargs):
        try:
            if is_async(task):
                await task(*args, **kwargs)
            else:
                await run_in_threadpool(task, *args, **kwargs)
        except Exception as error:
            report(error)

    return run


# %% right pass_base
from functools import wraps


def guard(task, report):
    if is_async(task):

        @wraps(task)
        async def run(*a, **k):
            try:
                return await task(*a, **k)
            except BaseException as error:
                if not isinstance(error, Exception):
                    raise
                report(error)

        return run

    @wraps(task)
    def run(*a, **k):
        try:
            return task(*a, **k)
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


# %% wrong names_taken gets arguments-lost breaks arguments
import functools, inspect


async def _a(task, report, *args, **kwargs):
    try:
        await task(*args, **kwargs)
    except Exception as error:
        report(error)


def _s(task, report, *args, **kwargs):
    try:
        task(*args, **kwargs)
    except Exception as error:
        report(error)


def guard(task, report):
    return functools.partial(_a if is_async(task) else _s, task, report)


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

    return run if is_async(task) else run_sync


# %% wrong connection_only gets escapes breaks reports
def guard(task, report):
    if is_async(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except ConnectionError as error:
                report(error)

        return run

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except ConnectionError as error:
            report(error)

    return run


# %% wrong oserror gets escapes breaks reports
def guard(task, report):
    if is_async(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except (OSError, ValueError, RuntimeError, LookupError, TypeError) as error:
                report(error)

        return run

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except (OSError, ValueError, RuntimeError, LookupError, TypeError) as error:
            report(error)

    return run


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


# %% wrong first_only gets later-not-reported breaks reports
def guard(task, report):
    if is_async(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except Exception as error:
                run.__dict__.setdefault("told", error) is error and report(error)

        return run

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            run.__dict__.setdefault("told", error) is error and report(error)

    return run


# %% wrong runs_at_once gets ran-at-once
def guard(task, report):
    try:
        return task(17, note="urgent")
    except Exception as error:
        report(error)
        return lambda *a, **k: None


# %% wrong catches_all gets stops-cancellation
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

    return run_async if is_async(task) else run


# %% wrong finally gets success-reported
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

    return run_async if is_async(task) else run


# %% wrong async_for_all gets sync-on-loop breaks places
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


# %% wrong cause gets wrong-report
def guard(task, report):
    if is_async(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except Exception as error:
                report(RuntimeError(str(error)))

        return run

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            report(RuntimeError(str(error)))

    return run


# %% wrong loop_of_its_own gets async-elsewhere breaks places
import inspect
import asyncio


def guard(task, report):
    def run(*args, **kwargs):
        try:
            value = task(*args, **kwargs)
            if inspect.iscoroutine(value):
                asyncio.run(value)
        except Exception as error:
            report(error)

    return run


# %% wrong shielded gets goes-on breaks passes
def guard(task, report):
    if is_async(task):

        async def run(*args, **kwargs):
            try:
                await asyncio.shield(task(*args, **kwargs))
            except Exception as error:
                report(error)

        return run

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            report(error)

    return run


# %% wrong cancel_reported gets no-failure
def guard(task, report):
    if is_async(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except Exception as error:
                report(error)
            except asyncio.CancelledError as error:
                report(error)
                raise

        return run

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            report(error)

    return run


# %% wrong twice gets reported-again
def guard(task, report):
    if is_async(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except Exception as error:
                report(error)
                report(error)

        return run

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            report(error)
            report(error)

    return run


# %% wrong all_but_cancellation gets stops-the-end breaks passes
from starlette.concurrency import run_in_threadpool


class Guard:
    def __init__(self, task, report):
        self.task, self.report = task, report

    async def __call__(self, *args, **kwargs):
        try:
            if is_async(self.task):
                await self.task(*args, **kwargs)
            else:
                await run_in_threadpool(self.task, *args, **kwargs)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self.report(error)


def guard(task, report):
    return Guard(task, report)


# %% wrong base_reraise_cancel_only gets stops-the-end breaks passes
def guard(task, report):
    if is_async(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except (Exception, KeyboardInterrupt, SystemExit) as error:
                report(error)

        return run

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except (Exception, KeyboardInterrupt, SystemExit) as error:
            report(error)

    return run


# %% wrong name_of_its_own gets wrong-arguments breaks arguments
def guard(task, report):
    if is_async(task):

        async def run(*args, callback=report, **kwargs):
            try:
                await task(*args, **kwargs)
            except Exception as error:
                callback(error)
    else:

        def run(*args, callback=report, **kwargs):
            try:
                task(*args, **kwargs)
            except Exception as error:
                callback(error)

    return run


# %% wrong each_once gets later-not-reported breaks reports
def guard(task, report):
    seen = set()

    def tell(error):
        if repr(error) not in seen:
            seen.add(repr(error))
            report(error)

    if is_async(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except Exception as error:
                tell(error)
    else:

        def run(*args, **kwargs):
            try:
                task(*args, **kwargs)
            except Exception as error:
                tell(error)

    return run


# %% wrong known_ends_only gets stops-the-end breaks passes
import asyncio

ENDS = (asyncio.CancelledError, KeyboardInterrupt, SystemExit)


def guard(task, report):
    async def run_async(*args, **kwargs):
        try:
            await task(*args, **kwargs)
        except ENDS:
            raise
        except BaseException as error:
            report(error)

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except ENDS:
            raise
        except BaseException as error:
            report(error)

    return run_async if is_async(task) else run


# %% wrong def_cancelled gets stops-the-end breaks passes
def guard(task, report):
    def run(*args, **kwargs):
        try:
            return task(*args, **kwargs)
        except (asyncio.CancelledError, Exception) as error:
            report(error)
        except Exception as error:
            report(error)

    async def run_async(*args, **kwargs):
        try:
            return await task(*args, **kwargs)
        except Exception as error:
            report(error)

    return run_async if is_async(task) else run


# %% wrong catches_base_groups gets stops-the-end breaks passes
def guard(task, report):
    async def run_async(*args, **kwargs):
        try:
            await task(*args, **kwargs)
        except (Exception, BaseExceptionGroup) as error:
            report(error)

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except (Exception, BaseExceptionGroup) as error:
            report(error)

    return run_async if is_async(task) else run


# %% wrong timeouts_pass gets escapes breaks reports
def guard(task, report):
    def run(*args, **kwargs):
        try:
            return task(*args, **kwargs)
        except TimeoutError:
            raise
        except Exception as error:
            report(error)

    async def run_async(*args, **kwargs):
        try:
            return await task(*args, **kwargs)
        except (asyncio.CancelledError, TimeoutError):
            raise
        except Exception as error:
            report(error)

    return run_async if is_async(task) else run


# %% wrong http_passes gets escapes breaks reports
def guard(task, report):
    def run(*args, **kwargs):
        try:
            return task(*args, **kwargs)
        except HTTPException:
            raise
        except Exception as error:
            report(error)

    async def run_async(*args, **kwargs):
        try:
            return await task(*args, **kwargs)
        except HTTPException:
            raise
        except Exception as error:
            report(error)

    return run_async if is_async(task) else run


# %% wrong no_text_no_report gets later-not-reported breaks reports
def guard(task, report):
    def run(*args, **kwargs):
        try:
            return task(*args, **kwargs)
        except Exception as error:
            if str(error):
                report(error)

    async def run_async(*args, **kwargs):
        try:
            return await task(*args, **kwargs)
        except Exception as error:
            if str(error):
                report(error)

    return run_async if is_async(task) else run


# %% wrong once_per_arguments gets not-each-time breaks reports
def guard(task, report):
    seen = []

    def known(args, kwargs):
        if (args, kwargs) in seen:
            return True
        seen.append((args, kwargs))

    def run(*args, **kwargs):
        try:
            if not known(args, kwargs):
                task(*args, **kwargs)
        except Exception as error:
            seen.remove((args, kwargs))
            report(error)

    async def run_async(*args, **kwargs):
        try:
            if not known(args, kwargs):
                await task(*args, **kwargs)
        except Exception as error:
            seen.remove((args, kwargs))
            report(error)

    return run_async if is_async(task) else run


# %% wrong first_of_its_own gets arguments-lost breaks arguments
def guard(task, report):
    def run(self=None, *args, **kwargs):
        try:
            return task(*(() if self is None else (self,)), *args, **kwargs)
        except Exception as error:
            report(error)

    async def run_async(*args, **kwargs):
        try:
            return await task(*args, **kwargs)
        except Exception as error:
            report(error)

    return run_async if is_async(task) else run


# %% right exit_stack
import contextlib


def guard(task, report):
    def handle(kind, error, _tb):
        if isinstance(error, Exception):
            report(error)
            return True
        return False

    def sync(*a, **k):
        with contextlib.ExitStack() as stack:
            stack.push(handle)
            task(*a, **k)

    async def other(*a, **k):
        with contextlib.ExitStack() as stack:
            stack.push(handle)
            await task(*a, **k)

    return other if is_async(task) else sync


# %% right inner_task
def guard(task, report):
    async def run(*args, **kwargs):
        inner = asyncio.ensure_future(task(*args, **kwargs))
        try:
            return await inner
        except Exception as e:
            report(e)

    def run_sync(*args, **kwargs):
        try:
            return task(*args, **kwargs)
        except Exception as e:
            report(e)

    return run if is_async(task) else run_sync


# %% wrong runs_it_again gets ran-again
def guard(task, report):
    if is_async(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except Exception as error:
                report(error)
    else:

        def run(*args, **kwargs):
            try:
                task(*args, **kwargs)
            except Exception:
                try:
                    task(*args, **kwargs)
                except Exception as error:
                    report(error)

    return run


# %% wrong started_beside gets ended-early
import asyncio


def guard(task, report):
    if is_async(task):

        async def run(*args, **kwargs):
            async def side():
                try:
                    await task(*args, **kwargs)
                except Exception as error:
                    report(error)

            asyncio.create_task(side())
    else:

        def run(*args, **kwargs):
            try:
                task(*args, **kwargs)
            except Exception as error:
                report(error)

    return run


# %% wrong thread_of_its_own gets ended-early
def guard(task, report):
    if is_async(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except Exception as error:
                report(error)
    else:

        def run(*args, **kwargs):
            import threading

            def work():
                try:
                    task(*args, **kwargs)
                except Exception as error:
                    report(error)

            threading.Thread(target=work).start()

    return run


# %% wrong one_place_for_all gets mixed-up breaks reports
def guard(task, report):
    class Slot:
        error = None

    if is_async(task):

        async def run(*args, **kwargs):
            import asyncio

            Slot.error = None
            try:
                await task(*args, **kwargs)
            except Exception as error:
                Slot.error = error
            await asyncio.sleep(0)
            if Slot.error:
                report(Slot.error)
                Slot.error = None
    else:

        def run(*args, **kwargs):
            try:
                task(*args, **kwargs)
            except Exception as error:
                report(error)

    return run


# %% right child_task
import asyncio


def guard(task, report):
    if not is_async(task):

        def run(*args, **kwargs):
            error = None
            try:
                task(*args, **kwargs)
            except BaseException as e:
                error = e
            match error:
                case None:
                    return
                case Exception():
                    report(error)
                case _:
                    raise error

        return run

    async def run(*args, **kwargs):
        child = asyncio.create_task(task(*args, **kwargs))
        try:
            await asyncio.wait([child])
        except asyncio.CancelledError:
            child.cancel()
            await asyncio.gather(child, return_exceptions=True)
            raise
        if child.cancelled():
            child.result()
        error = child.exception()
        if isinstance(error, Exception):
            report(error)
        elif error:
            raise error

    return run


# %% wrong functions_only gets object-lost breaks places
import inspect


def guard(task, report):
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


# %% wrong object_on_a_loop_of_its_own gets object-lost breaks places
import asyncio
import inspect


def guard(task, report):
    def run(*args, **kwargs):
        try:
            value = task(*args, **kwargs)
            if inspect.iscoroutine(value):
                asyncio.run(value)
        except Exception as error:
            report(error)

    async def run_async(*args, **kwargs):
        try:
            return await task(*args, **kwargs)
        except Exception as error:
            report(error)

    return run_async if inspect.iscoroutinefunction(task) else run


# %% wrong new_thread_without_context gets context-lost breaks places
import threading


def guard(task, report):
    if is_async(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except Exception as error:
                report(error)

        return run

    def run(*args, **kwargs):
        ends = []

        def inner():
            try:
                task(*args, **kwargs)
            except BaseException as error:
                ends.append(error)

        thread = threading.Thread(target=inner)
        thread.start()
        thread.join()
        for error in ends:
            if isinstance(error, Exception):
                report(error)
            else:
                raise error

    return run


# %% wrong returned_exception gets result-reported breaks reports
def guard(task, report):
    if is_async(task):

        async def run(*args, **kwargs):
            try:
                result = await task(*args, **kwargs)
            except Exception as error:
                result = error
            if isinstance(result, Exception):
                report(result)

        return run

    def run(*args, **kwargs):
        try:
            result = task(*args, **kwargs)
        except Exception as error:
            result = error
        if isinstance(result, Exception):
            report(result)

    return run


# %% wrong pool_not_waited_for gets ended-early breaks reports
from concurrent.futures import ThreadPoolExecutor

_pool = ThreadPoolExecutor(4)


def guard(task, report):
    if is_async(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except Exception as error:
                report(error)

        return run

    def inner(args, kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            report(error)

    def run(*args, **kwargs):
        _pool.submit(inner, args, kwargs)

    return run


# %% wrong executor_without_context gets context-lost breaks places
import asyncio
import functools


def guard(task, report):
    async def run(*args, **kwargs):
        try:
            if is_async(task):
                await task(*args, **kwargs)
            else:
                work = functools.partial(task, *args, **kwargs)
                await asyncio.get_running_loop().run_in_executor(None, work)
        except Exception as error:
            report(error)

    return run


# %% wrong runs_nothing gets not-run breaks reports
def guard(task, report):
    async def run_async(*args, **kwargs):
        try:
            await task(*args, **kwargs)
        except Exception as error:
            report(error)

    def run(*args, **kwargs):
        try:
            lambda: task(*args, **kwargs)
        except Exception as error:
            report(error)

    return run_async if is_async(task) else run


# %% right thread_with_context
import contextvars
import threading


def guard(task, report):
    def run(*args, **kwargs):
        raised = []

        def work():
            try:
                task(*args, **kwargs)
            except BaseException as error:
                raised.append(error)

        thread = threading.Thread(target=contextvars.copy_context().run, args=(work,))
        thread.start()
        thread.join()
        for error in raised:
            if not isinstance(error, Exception):
                raise error
            report(error)

    async def run_async(*args, **kwargs):
        try:
            await task(*args, **kwargs)
        except Exception as error:
            report(error)

    return run_async if is_async(task) else run


# %% right hands_results_on
def guard(task, report):
    def run(*args, **kwargs):
        try:
            result = task(*args, **kwargs)
        except Exception as error:
            result = report(error)
        return result

    async def run_async(*args, **kwargs):
        try:
            (result,) = await asyncio.gather(task(*args, **kwargs))
        except Exception as error:
            result = report(error)
        return result

    return run_async if is_async(task) else run


# %% wrong known_errors gets same-error breaks reports
from course.tasks import is_async


def guard(task, report):
    known = []

    def tell(error):
        if not any(error is one for one in known):
            known.append(error)
            report(error)

    if is_async(task):

        async def run(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except Exception as error:
                tell(error)

    else:

        def run(*args, **kwargs):
            try:
                task(*args, **kwargs)
            except Exception as error:
                tell(error)

    return run


# %% wrong futures_cancelled gets other-cancelled breaks reports
import asyncio
import concurrent.futures


def guard(task, report):
    cancelled = (asyncio.CancelledError, concurrent.futures.CancelledError)
    if is_async(task):

        async def run_async(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except cancelled:
                raise
            except Exception as error:
                report(error)

        return run_async

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except cancelled:
            raise
        except Exception as error:
            report(error)

    return run


# %% wrong marks_what_it_reported gets same-error breaks reports
import contextlib


def guard(task, report):
    def tell(error):
        if not getattr(error, "reported", False):
            with contextlib.suppress(AttributeError):
                error.reported = True
            report(error)

    if is_async(task):

        async def run_async(*args, **kwargs):
            try:
                await task(*args, **kwargs)
            except Exception as error:
                tell(error)

        return run_async

    def run(*args, **kwargs):
        try:
            task(*args, **kwargs)
        except Exception as error:
            tell(error)

    return run
