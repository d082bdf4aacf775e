"""Retries: tenacity decides, we call."""

import asyncio
import functools
import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from ._transient import transient

if TYPE_CHECKING:
    from tenacity import AsyncRetrying, BaseRetrying, RetryCallState
    from tenacity.wait import wait_base

_TEXT = {"no_error": "retry_transient() needs exception classes or functions, not {given!r}"}
InThread = Callable[..., Awaitable[Any]]


class TaskTimeout(TimeoutError):
    """An attempt of a task took longer than its `timeout`."""


class ThreadTimeout(TaskTimeout):
    """The same of a sync task. Its thread goes on; another attempt would run beside it, so there is none."""


Wanted = type[BaseException] | Callable[[BaseException], bool]


def _any_of(errors: Sequence[Wanted], idempotent: bool) -> Callable[[BaseException], bool]:
    """Whether an error, or each leaf of a group, is one of these."""
    if wrong := [one for one in errors if not callable(one)]:
        raise TypeError(_TEXT["no_error"].format(given=wrong[0]))
    usual = functools.partial(transient, idempotent=idempotent)
    wanted = [usual if one is transient else one for one in errors]

    def again(error: BaseException) -> bool:
        if any(isinstance(error, one) if isinstance(one, type) else one(error) for one in wanted):
            return True
        return isinstance(error, BaseExceptionGroup) and all(map(again, error.exceptions))

    return again


def retry_transient(
    *errors: Wanted,
    attempts: int = 4,
    wait: "wait_base | None" = None,
    idempotent: bool = False,
) -> "AsyncRetrying":
    """A tenacity object with defaults that do no harm.

    It retries what is `transient`: nobody listened and the like, of the usual clients too, but a time-out, or
    an HTTP request whose answer broke off, only if the task is `idempotent`. Give exception classes, or
    functions that say yes or no to an exception, to retry those and nothing else; `transient` may be among
    them. Of a group all leaves have to be such.

    It has at most `attempts` attempts, waits a random time below 0.2, 0.4, 0.8 … 5 s between them (`wait`
    replaces that), logs each retry and leaves the original error in the report.
    """
    import tenacity

    return tenacity.AsyncRetrying(
        stop=tenacity.stop_after_attempt(attempts),
        wait=wait or tenacity.wait_random_exponential(multiplier=0.2, max=5),
        retry=tenacity.retry_if_exception(_any_of(errors or (transient,), idempotent)),
        before_sleep=tenacity.before_sleep_log(logging.getLogger(__package__), logging.WARNING),
        reraise=True,
    )


async def retried(
    retry: "BaseRetrying",
    function: Callable[..., Any],
    given: tuple[tuple[Any, ...], dict[str, Any]],
    attempt: Callable[[], Awaitable[Any]],
    in_thread: InThread,
) -> Any:
    """Await `attempt()` until `retry` is content; -> its result, or that of the `retry_error_callback`.

    Callbacks find the `function` and what it is `given` in tenacity's state. Nothing of tenacity runs before
    an attempt fails, unless `retry` looks at results or has a `before`. AsyncRetrying does everything on the
    event loop. Callbacks and waits of the sync Retrying go `in_thread`, because they may block; its normal
    wait, which would only hold a thread, becomes `asyncio.sleep`.
    """
    import tenacity

    async def ask_retry() -> Any:
        if isinstance(retry, tenacity.AsyncRetrying):
            return await retry.iter(state)
        return await in_thread(_iterate, retry, state)

    async def wait(seconds: float) -> None:
        if retry.sleep is tenacity.sleep:
            await asyncio.sleep(seconds)
        elif not isinstance(retry, tenacity.AsyncRetrying):
            await in_thread(retry.sleep, seconds)
        elif inspect.isawaitable(pause := retry.sleep(seconds)):
            await pause

    began = time.monotonic()
    failure: Exception | None = None
    lazy = isinstance(retry.retry, tenacity.retry_if_exception) and retry.before is tenacity.before_nothing
    if lazy or not retry.enabled:
        try:
            return await attempt()
        except ThreadTimeout:
            raise
        except Exception as error:
            if not retry.enabled:
                raise
            failure = error
    retry = retry.copy()  # what it counts belongs to this call
    retry.begin()
    state = tenacity.RetryCallState(retry, function, *given)
    state.start_time = began
    while True:
        if failure:
            state.set_exception((type(failure), failure, failure.__traceback__))
            failure = None
        do = await ask_retry()
        if isinstance(do, tenacity.DoSleep):
            state.prepare_for_next_attempt()
            await wait(do)
        elif isinstance(do, tenacity.DoAttempt):
            try:
                state.set_result(await attempt())
            except ThreadTimeout:
                raise
            except Exception as error:
                failure = error
        else:
            return do


def _iterate(retry: "BaseRetrying", state: "RetryCallState") -> Any:
    if not retry.statistics:  # tenacity keeps them by thread
        retry.begin()
    return retry.iter(state)
