# %% starter
def with_retries(send):
    """An async function of one argument that calls send(order) and tries again where that makes sense."""

    async def send_with_retries(order):
        return ____

    return send_with_retries


# %% right reference
def with_retries(send):
    """An async function of one argument that calls send(order) and tries again where that makes sense."""

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_random_exponential(multiplier=0.05, max=0.2),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def send_with_retries(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return send_with_retries


# %% right async_retrying
from tenacity import AsyncRetrying


def with_retries(send):
    async def go(order):
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(4),
            retry=retry_if_exception_type((ConnectionError, TimeoutError)),
            reraise=True,
        ):
            with attempt:
                async with asyncio.timeout(0.2):
                    result = await send(order)
        return result

    return go


# %% right callable_object
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter


class Sender:
    def __init__(self, send):
        self.send = send
        self.policy = AsyncRetrying(
            stop=stop_after_attempt(4),
            wait=wait_exponential_jitter(multiplier=0.02, jitter=0.02, max=0.1),
            retry=retry_if_exception(lambda error: isinstance(error, (ConnectionError, TimeoutError))),
            reraise=True,
        )

    async def __call__(self, order):
        return await self.policy(self.attempt, order)

    async def attempt(self, order):
        return await asyncio.wait_for(self.send(order), timeout=0.2)


def with_retries(send):
    return Sender(send)


# %% right loop
def with_retries(send):
    async def patient(order):
        for attempt in range(4):
            try:
                return await asyncio.wait_for(send(order), 0.2)
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise
                await asyncio.sleep(0.01 * 2**attempt)

    return patient


# %% right recursion
import anyio


def with_retries(send, left=4):
    async def once(order):
        try:
            with anyio.fail_after(0.2):
                return await send(order)
        except (ConnectionError, TimeoutError):
            if left == 1:
                raise
        return await with_retries(send, left - 1)(order)

    return once


# %% right anyio
def with_retries(send):
    async def send_with_retries(order):
        import anyio

        for left in (3, 2, 1, 0):
            try:
                with anyio.fail_after(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                if not left:
                    raise
                await anyio.sleep(0.02)

    return send_with_retries


# %% right cancels
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            task = asyncio.ensure_future(send(order))
            try:
                done, _ = await asyncio.wait([task], timeout=0.2)
                if not done:
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)
                    raise TimeoutError("too slow")
                return task.result()
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise
            finally:
                task.cancel()

    return send_with_retries


# %% right tenacity_jitter
def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        retry=retry_if_exception_type((TimeoutError, ConnectionError)),
        wait=wait_random_exponential(multiplier=0.01, max=0.1),
        reraise=True,
    )
    async def attempt(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    async def send_with_retries(order):
        return await attempt(order)

    return send_with_retries


# %% wrong two gets gave-up
def with_retries(send):
    @retry(
        stop=stop_after_attempt(2),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go


# %% wrong not_at_all gets no-retry
def with_retries(send):
    return send


# %% wrong no_timeout gets no-timeout
def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def go(order):
        return await send(order)

    return go


# %% wrong own_error gets other-error
def with_retries(send):
    async def go(order):
        for _ in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                pass
        raise RuntimeError("gave up")

    return go


# %% wrong not_awaited gets result-lost
def with_retries(send):
    async def send_with_retries(order):
        return send(order)

    return send_with_retries


# %% wrong result_dropped gets result-lost
def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def go(order):
        async with asyncio.timeout(0.2):
            await send(order)

    return go


# %% wrong everything gets retries-everything
def with_retries(send):
    @retry(stop=stop_after_attempt(4), reraise=True)
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go


# %% wrong oserror gets retries-everything breaks which
def with_retries(send):
    async def send_with_retries(order):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.wait_for(send(order), 0.2)
            except OSError:
                if not left:
                    raise

    return send_with_retries


# %% wrong retry_error gets retry-error
def with_retries(send):
    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type((ConnectionError, TimeoutError)))
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go


# %% wrong swallows gets swallowed
def with_retries(send):
    async def go(order):
        for _ in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                pass

    return go


# %% wrong timeout_around_all gets timeout-not-retried
def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def go(order):
        return await send(order)

    async def limited(order):
        async with asyncio.timeout(0.2):
            return await go(order)

    return limited


# %% wrong timeout_outside_list gets timeout-not-retried
def with_retries(send):
    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go


# %% wrong slow gets too-slow
def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
        wait=wait_fixed(5),
    )
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go


# %% wrong pauses gets too-slow breaks pauses
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                if attempt == 4 - 1:
                    raise
                await asyncio.sleep(1)

    return send_with_retries


# %% wrong five gets wrong-number
def with_retries(send):
    @retry(
        stop=stop_after_attempt(5),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go


# %% wrong three gets wrong-number
def with_retries(send):
    @retry(
        stop=stop_after_attempt(3),
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
        reraise=True,
    )
    async def go(order):
        async with asyncio.timeout(0.2):
            return await send(order)

    return go


# %% wrong each_kind gets wrong-number
def with_retries(send):
    async def send_with_retries(order):
        counts = {}
        while True:
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError) as error:
                kind = type(error)
                counts[kind] = counts.get(kind, 0) + 1
                if counts[kind] == 4:
                    raise

    return send_with_retries


# %% wrong shield gets attempt-goes-on
def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        wait=wait_none(),
        reraise=True,
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
    )
    async def send_with_retries(order):
        return await asyncio.wait_for(asyncio.shield(send(order)), 0.2)

    return send_with_retries


# %% wrong wait_leaves gets attempt-goes-on breaks limit
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            task = asyncio.ensure_future(send(order))
            done, _ = await asyncio.wait([task], timeout=0.2)
            try:
                if not done:
                    raise TimeoutError
                return task.result()
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise

    return send_with_retries


# %% wrong shared_counter gets attempts-shared breaks returns
def with_retries(send):
    tries = 0

    async def send_with_retries(order):
        nonlocal tries
        while True:
            tries += 1
            try:
                return await asyncio.wait_for(send(order), 0.2)
            except (ConnectionError, TimeoutError):
                if tries >= 4:
                    raise

    return send_with_retries


# %% wrong copy gets copied-error breaks own-error
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError) as error:
                last = error
        raise type(last)(*last.args)

    return send_with_retries


# %% wrong first_error gets first-error breaks own-error
def with_retries(send):
    async def send_with_retries(order):
        first = None
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError) as error:
                first = first or error
        raise first

    return send_with_retries


# %% wrong exact_type gets kind-not-retried breaks which
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except Exception as error:
                if type(error) not in (ConnectionError, TimeoutError) or attempt == 3:
                    raise

    return send_with_retries


# %% wrong first_timeout_only gets limit-once
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2 if attempt == 0 else None):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise

    return send_with_retries


# %% wrong lock gets one-by-one
def with_retries(send):
    lock = asyncio.Lock()

    async def send_with_retries(order):
        async with lock:
            for attempt in range(4):
                try:
                    async with asyncio.timeout(0.2):
                        return await send(order)
                except (ConnectionError, TimeoutError):
                    if attempt == 4 - 1:
                        raise
                    await asyncio.sleep(0.01)

    return send_with_retries


# %% wrong falsy gets result-retried breaks returns
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    if result := await send(order):
                        return result
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise

    return send_with_retries


# %% wrong remembers gets results-mixed-up
def with_retries(send):
    known = {}

    async def send_with_retries(order):
        if "r" in known:
            return known["r"]
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    known["r"] = await send(order)
                    return known["r"]
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise

    return send_with_retries


# %% wrong base gets stops-cancellation
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError, asyncio.CancelledError):
                if attempt == 4 - 1:
                    raise
                await asyncio.sleep(0.01)

    return send_with_retries


# %% wrong pause_swallows_cancellation gets pause-goes-on breaks limit
import contextlib


def with_retries(send):
    async def send_with_retries(order):
        for n in range(1, 5):
            try:
                return await asyncio.wait_for(send(order), 0.2)
            except (ConnectionError, TimeoutError):
                if n == 4:
                    raise
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.1 * n)

    return send_with_retries


# %% wrong hasty_for_slow gets too-hasty breaks limit
def with_retries(send):
    async def send_with_retries(order):
        loop = asyncio.get_running_loop()
        for left in (3, 2, 1, 0):
            begun = loop.time()
            try:
                async with asyncio.timeout(0.2):
                    result = await send(order)
                if loop.time() - begun > 0.1:
                    raise TimeoutError("that was slow")
                return result
            except (ConnectionError, TimeoutError):
                if not left:
                    raise

    return send_with_retries


# %% wrong timeout_half gets wrong-limit breaks limit
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.5):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                if attempt == 4 - 1:
                    raise
                await asyncio.sleep(0.01)

    return send_with_retries


# %% wrong timeout_tenth gets wrong-limit
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.1):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                if attempt == 4 - 1:
                    raise
                await asyncio.sleep(0.01)

    return send_with_retries


# %% wrong timeout_tiny gets wrong-limit
def with_retries(send):
    @retry(
        stop=stop_after_attempt(4),
        wait=wait_none(),
        reraise=True,
        retry=retry_if_exception_type((ConnectionError, TimeoutError)),
    )
    async def send_with_retries(order):
        async with asyncio.timeout(0.02):
            return await send(order)

    return send_with_retries


# %% wrong three_hangs gets wrong-number-of-hangs
def with_retries(send):
    async def send_with_retries(order):
        hangs = 0
        for left in (3, 2, 1, 0):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except ConnectionError:
                if not left:
                    raise
            except TimeoutError:
                hangs += 1
                if hangs == 3 and left == 1 and not left == 0:
                    raise

    return send_with_retries


# %% wrong two_seconds gets too-slow breaks pauses
import asyncio


def with_retries(send):
    async def send_with_retries(order):
        for pause in (0.5, 0.5, 1.0, None):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                if pause is None:
                    raise
            await asyncio.sleep(pause)

    return send_with_retries


# %% wrong random_pauses gets too-slow breaks pauses
import asyncio, random


def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise
            await asyncio.sleep(random.uniform(0, 1))

    return send_with_retries


# %% wrong counts_by_order gets same-order breaks returns
import asyncio


def with_retries(send):
    tries = {}

    async def send_with_retries(order):
        tries.setdefault(order, 0)
        while True:
            tries[order] += 1
            try:
                async with asyncio.timeout(0.2):
                    result = await send(order)
                tries[order] = 0
                return result
            except (ConnectionError, TimeoutError):
                if tries[order] >= 4:
                    tries[order] = 0
                    raise
            except BaseException:
                tries[order] = 0
                raise
            await asyncio.sleep(0.1)

    return send_with_retries


# %% wrong later_anything gets retries-everything breaks which
def with_retries(send):
    async def run(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except Exception if attempt else (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise
            await asyncio.sleep(0.05)

    return run


# %% wrong cached_answer gets not-sent-again breaks returns
def with_retries(send):
    known = {}

    async def run(order):
        if order in known:
            return known[order]
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    known[order] = await send(order)
                    return known[order]
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise
            await asyncio.sleep(0.05)

    return run


# %% wrong connection_error_wins gets hang-not-told breaks own-error
def with_retries(send):
    async def run(order):
        last = None
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except ConnectionError as error:
                last = error
            except TimeoutError as error:
                last = last or error
            await asyncio.sleep(0.05)
        raise last

    return run


# %% right wait_and_cancel
def with_retries(send):
    async def one(order):
        task = asyncio.create_task(send(order))
        try:
            done, late = await asyncio.wait([task], timeout=0.2)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if late:
            task.cancel()
            await asyncio.wait([task])
            raise TimeoutError
        return task.result()

    async def run(order):
        for pause in (0.01, 0.02, 0.04, None):
            try:
                return await one(order)
            except (ConnectionError, TimeoutError):
                if pause is None:
                    raise
                await asyncio.sleep(pause)

    return run


# %% wrong builtin_kinds_only gets kind-not-retried breaks which
import asyncio, random


def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError) as error:
                if attempt == 3 or type(error).__module__ != "builtins":
                    raise
                await asyncio.sleep(random.uniform(0, 0.1 * 2**attempt))

    return send_with_retries


# %% wrong own_time_outs_only gets kind-not-retried breaks which
import asyncio


def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2) as t:
                    return await send(order)
            except (ConnectionError, TimeoutError) as error:
                if attempt == 3 or (isinstance(error, TimeoutError) and not t.expired()):
                    raise
                await asyncio.sleep(0.05)

    return send_with_retries


# %% wrong rests_after_a_hang gets too-slow breaks pauses
import asyncio, random


def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except TimeoutError:
                if attempt == 3:
                    raise
                await asyncio.sleep(1)
            except ConnectionError:
                if attempt == 3:
                    raise
                await asyncio.sleep(random.uniform(0, 0.1 * 2**attempt))

    return send_with_retries


# %% wrong pauses_add_up gets pauses-grow breaks pauses
import asyncio, random


def with_retries(send):
    failures = []

    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise
                failures.append(1)
                await asyncio.sleep(0.02 * len(failures))

    return send_with_retries


# %% wrong cancelled_service gets retries-everything breaks which
import asyncio, random


def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    try:
                        return await send(order)
                    except asyncio.CancelledError as e:
                        if not asyncio.current_task().cancelling():
                            raise ConnectionError from e
                        raise
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise
                await asyncio.sleep(random.uniform(0, 0.1 * 2**attempt))

    return send_with_retries


# %% wrong numbered_order gets other-order breaks returns
import asyncio, random


def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(f"{order}-{attempt}")
            except (ConnectionError, TimeoutError):
                if attempt == 3:
                    raise
                await asyncio.sleep(random.uniform(0, 0.1 * 2**attempt))

    return send_with_retries


# %% wrong circuit_breaker gets earlier-count breaks returns
import asyncio


def with_retries(send):
    broken = []

    async def send_with_retries(order):
        for n in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                if n == 3 or broken:
                    broken.append(1)
                    raise
            await asyncio.sleep(0.1)

    return send_with_retries


# %% wrong looks_into_groups gets group-retried breaks which
import asyncio, random


def with_retries(send):
    async def send_with_retries(order):
        for n in range(4):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError, ExceptionGroup) as error:
                if isinstance(error, ExceptionGroup) and not error.subgroup(ConnectionError):
                    raise
                if n == 3:
                    raise
            await asyncio.sleep(random.uniform(0, 0.4))

    return send_with_retries


# %% wrong attempt_left_behind gets attempt-left breaks limit
import asyncio, random


def with_retries(send):
    async def send_with_retries(order):
        for n in range(4):
            try:
                task = asyncio.ensure_future(send(order))
                done, _ = await asyncio.wait([task], timeout=0.2)
                if not done:
                    task.cancel()
                    await asyncio.wait([task])
                    raise TimeoutError
                return task.result()
            except (ConnectionError, TimeoutError):
                if n == 3:
                    raise
            await asyncio.sleep(random.uniform(0, 0.4))

    return send_with_retries


# %% wrong last_without_limit gets limit-once breaks limit
import asyncio, random


def with_retries(send):
    async def send_with_retries(order):
        for n in range(3):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                await asyncio.sleep(random.uniform(0, 0.4))
        return await send(order)

    return send_with_retries


# %% right task_group_unwrapped
def with_retries(send):
    async def attempt(order):
        try:
            async with asyncio.timeout(0.2), asyncio.TaskGroup() as group:
                task = group.create_task(send(order))
        except BaseExceptionGroup as failed:
            (error,) = failed.exceptions
            raise error
        return task.result()

    async def send_with_retries(order):
        for _ in range(3):
            try:
                return await attempt(order)
            except (ConnectionError, TimeoutError):
                await asyncio.sleep(0.05)
        return await attempt(order)

    return send_with_retries


# %% right cancelled_by_callback
def with_retries(send):
    async def attempt(order):
        task = asyncio.ensure_future(send(order))
        late = []
        clock = asyncio.get_running_loop().call_later(0.2, lambda: late.append(1) or task.cancel())
        try:
            return await task
        except asyncio.CancelledError:
            if late and not asyncio.current_task().cancelling():
                raise TimeoutError from None
            raise
        finally:
            clock.cancel()

    async def send_with_retries(order):
        for left in (3, 2, 1, 0):
            try:
                return await attempt(order)
            except (ConnectionError, TimeoutError):
                if not left:
                    raise

    return send_with_retries


# %% wrong own_timeout_replaced gets own-timeout breaks own-error
def with_retries(send):
    async def send_with_retries(order):
        for attempt in range(1, 5):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except TimeoutError:
                error = TimeoutError(f"attempt {attempt} took too long")
            except ConnectionError as caught:
                error = caught
            if attempt < 4:
                await asyncio.sleep(0.1)
        raise error

    return send_with_retries


# %% wrong unknown_at_the_end_is_a_connection_error gets other-error breaks own-error
def with_retries(send):
    async def send_with_retries(order):
        for left in (3, 2, 1):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                await asyncio.sleep(0.1)
        try:
            async with asyncio.timeout(0.2):
                return await send(order)
        except (ConnectionError, TimeoutError):
            raise
        except Exception as error:
            raise ConnectionError("given up") from error

    return send_with_retries


# %% wrong sleeps_on_the_loop gets pause-on-the-loop breaks limit
import random
import time


def with_retries(send):
    async def send_with_retries(order):
        for left in (3, 2, 1, 0):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                if not left:
                    raise
            time.sleep(random.uniform(0, 0.1))

    return send_with_retries


# %% wrong sleeps_in_a_thread gets pause-in-a-thread breaks limit
import random
import time


def with_retries(send):
    async def send_with_retries(order):
        for left in (3, 2, 1, 0):
            try:
                async with asyncio.timeout(0.2):
                    return await send(order)
            except (ConnectionError, TimeoutError):
                if not left:
                    raise
            await asyncio.to_thread(time.sleep, random.uniform(0, 0.5))

    return send_with_retries
