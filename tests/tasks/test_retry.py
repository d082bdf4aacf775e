"""Retries: tenacity objects of both kinds, for tasks of both kinds, and nothing of it before a failure."""

import asyncio
import threading
import time
from unittest import mock

import pytest
import tenacity
from tenacity import AsyncRetrying, Retrying, stop_after_attempt, wait_fixed, wait_none

from course.tasks import BadOption, TaskManager, TaskTimeout, retry_transient


def run(task, dependencies=(), **options):
    manager = TaskManager()
    manager.add_task("first", lambda: "data")
    manager.add_task("task", task, dependencies, **options)
    return asyncio.run(asyncio.wait_for(manager.run(), 20))


class Flaky:
    """A task, sync or async, that fails some times first."""

    def __init__(self, kind, failures, error=ConnectionError):
        self.kind, self.failures, self.error, self.calls, self.threads = kind, failures, error, 0, set()
        self.task = self.slow if kind == "async" else self.quick

    def quick(self, *args):
        self.calls += 1
        self.threads.add(threading.current_thread())
        if self.calls <= self.failures:
            raise self.error(f"attempt {self.calls}")
        return ("done", *args)

    async def slow(self, *args):
        await asyncio.sleep(0)
        return self.quick(*args)


both = pytest.mark.parametrize("retrying", [Retrying, AsyncRetrying])
kinds = pytest.mark.parametrize("kind", ["sync", "async"])


@both
@kinds
def test_attempts_until_it_works(retrying, kind):
    flaky = Flaky(kind, 2)
    report = run(flaky.task, ["first"], retry=retrying(stop=stop_after_attempt(4)))
    assert report.result("task") == ("done", "data")
    assert report["task"].attempts == flaky.calls == 3
    assert "task   done (3 attempts)" in str(report)
    assert (threading.current_thread() in flaky.threads) == (kind == "async")


@both
@pytest.mark.parametrize("is_async", [False, True])
def test_callbacks_can_repeat_the_call(retrying, is_async):
    """A dead letter needs the function and its arguments: results, `args` and `kwargs`."""

    class Mail:
        def __call__(self, to, text, *, copy):
            raise ConnectionError

    class SlowMail(Mail):
        async def __call__(self, to, text, *, copy):
            raise ConnectionError

    def by_position(data):
        raise ConnectionError

    async def by_position_async(data):
        raise ConnectionError

    letters = []

    def keep(state):
        letters.append((state.fn, state.args, state.kwargs))

    retry = retrying(stop=stop_after_attempt(2), wait=wait_none(), retry_error_callback=keep)
    plain, mail = (by_position_async, SlowMail()) if is_async else (by_position, Mail())
    assert run(plain, ["first"], retry=retry).ok
    assert run(mail, ["first"], args=["Ada"], kwargs={"copy": 0}, retry=retry).ok
    assert letters == [(plain, ("data",), {}), (mail, ("Ada", "data"), {"copy": 0})]


@both
@kinds
@pytest.mark.parametrize("reraise", [True, False])
def test_giving_up(retrying, kind, reraise):
    flaky = Flaky(kind, 9)
    report = run(flaky.task, retry=retrying(stop=stop_after_attempt(3), reraise=reraise))
    assert report["task"].outcome == "failed"
    assert report["task"].attempts == flaky.calls == 3
    expected = ConnectionError if reraise else tenacity.RetryError
    assert isinstance(report["task"].error, expected)


@both
@kinds
def test_what_is_not_to_be_retried_fails_at_once(retrying, kind):
    flaky = Flaky(kind, 9, ValueError)
    only = tenacity.retry_if_exception_type(ConnectionError)
    report = run(flaky.task, retry=retrying(retry=only))
    assert flaky.calls == 1
    assert isinstance(report["task"].error, ValueError)


@both
@kinds
def test_results_can_be_retried_too(retrying, kind):
    flaky = Flaky(kind, 0)
    unlucky = tenacity.retry_if_result(lambda result: flaky.calls < 3)
    report = run(flaky.task, retry=retrying(retry=unlucky))
    assert report.ok
    assert report["task"].attempts == 3


@both
@kinds
def test_callbacks_in_their_order_with_their_state(retrying, kind):
    flaky, seen = Flaky(kind, 2), []

    def note(what):
        return lambda state: seen.append(
            (what, state.attempt_number, bool(state.outcome and state.outcome.failed))
        )

    retry = retrying(
        stop=stop_after_attempt(5),
        wait=wait_fixed(0.001),
        before=note("before"),
        after=note("after"),
        before_sleep=note("sleep"),
    )
    assert run(flaky.task, retry=retry).ok
    assert seen == [
        ("before", 1, False), ("after", 1, True), ("sleep", 1, True),
        ("before", 2, False), ("after", 2, True), ("sleep", 2, True),
        ("before", 3, False),
    ]  # fmt: skip


@both
@kinds
def test_retry_error_callback_gives_a_result(retrying, kind):
    flaky, where = Flaky(kind, 9), []

    def dead_letter(state):
        where.append(threading.current_thread() is threading.main_thread())
        return f"gave up after {state.attempt_number}: {state.outcome.exception()}"

    retry = retrying(stop=stop_after_attempt(2), retry_error_callback=dead_letter)
    assert run(flaky.task, retry=retry).result("task") == "gave up after 2: attempt 2"
    assert where == [retrying is AsyncRetrying]  # what may block does not block the loop


def test_async_callbacks_and_sleep():
    naps, seen = [], []

    async def nap(seconds):
        naps.append(seconds)

    async def note(state):
        seen.append(state.attempt_number)

    retry = AsyncRetrying(wait=wait_fixed(60), sleep=nap, before_sleep=note)
    assert run(Flaky("sync", 2).task, retry=retry).ok
    assert naps == [60, 60]
    assert seen == [1, 2]


@both
@kinds
def test_a_sleep_of_ones_own_may_be_sync(retrying, kind):
    naps = []
    assert run(Flaky(kind, 2).task, retry=retrying(wait=wait_fixed(60), sleep=naps.append)).ok
    assert naps == [60, 60]


def test_a_wait_holds_no_thread_and_not_the_loop():
    manager = TaskManager(max_threads=1)
    waiting = threading.Event()
    retry = Retrying(wait=wait_fixed(0.3), before_sleep=lambda state: waiting.set())
    manager.add_task("flaky", Flaky("sync", 1).task, retry=retry)
    manager.add_task("other", lambda: time.perf_counter() if waiting.wait(0) else None, ["gate"])

    @manager.task
    async def gate():
        while not waiting.is_set():
            await asyncio.sleep(0.001)

    report = asyncio.run(manager.run())
    assert report.ok
    assert report["other"].ended < report["flaky"].ended


def test_nothing_of_tenacity_runs_when_the_first_attempt_works():
    retry = retry_transient()
    with mock.patch.object(tenacity, "RetryCallState", side_effect=AssertionError):
        assert run(Flaky("async", 0).task, retry=retry).ok
        assert run(Flaky("sync", 0).task, retry=retry).ok
        assert not run(Flaky("async", 1).task, retry=retry).ok


def test_the_object_can_be_shared_by_many_runs():
    retry = AsyncRetrying(stop=stop_after_attempt(3), wait=wait_none())
    manager = TaskManager(inputs=["flaky"])

    async def call(flaky):
        return await flaky.task()

    manager.add_task("task", call, ["flaky"], retry=retry)

    async def main():
        return await asyncio.gather(*(manager.run(flaky=Flaky("async", n % 4)) for n in range(100)))

    reports = asyncio.run(main())
    assert [report["task"].attempts for report in reports] == [min(n % 4 + 1, 3) for n in range(100)]
    assert [report.ok for report in reports] == [n % 4 < 3 for n in range(100)]


def test_stop_after_delay_counts_from_the_first_attempt():
    def slow():
        time.sleep(0.05)
        raise ConnectionError

    report = run(slow, retry=Retrying(stop=tenacity.stop_after_delay(0.04)))
    assert report["task"].attempts == 1


@kinds
def test_switched_off(kind):
    flaky = Flaky(kind, 1)
    assert not run(flaky.task, retry=Retrying(enabled=False)).ok
    assert flaky.calls == 1


def test_try_again():
    flaky = Flaky("async", 1, tenacity.TryAgain)
    assert run(flaky.task, retry=Retrying()).ok


def test_cancellation_is_not_retried():
    calls = []

    async def cancel():
        calls.append(1)
        asyncio.current_task().cancel()
        await asyncio.sleep(0)

    report = run(cancel, retry=AsyncRetrying(retry=tenacity.retry_if_not_exception_type(ValueError)))
    assert report["task"].outcome == "cancelled"
    assert calls == [1]


def test_the_time_out_is_for_each_attempt():
    calls = []

    async def slow_at_first():
        calls.append(1)
        if len(calls) < 3:
            await asyncio.sleep(60)
        return "done"

    report = run(slow_at_first, timeout=0.01, retry=AsyncRetrying())
    assert report.result("task") == "done"
    assert len(calls) == 3


@pytest.mark.parametrize("reraise", [True, False])
def test_timed_out_in_the_end(reraise):
    async def slow():
        await asyncio.sleep(60)

    report = run(slow, timeout=0.005, retry=AsyncRetrying(stop=stop_after_attempt(2), reraise=reraise))
    assert report["task"].outcome == "timed out"
    assert report["task"].attempts == 2
    if reraise:
        assert isinstance(report["task"].error, TaskTimeout)
        assert "attempt 2" in str(report["task"].error)


def test_decorated_functions_are_tasks_like_others():
    calls = []

    @tenacity.retry(stop=stop_after_attempt(3))
    async def flaky(first):
        calls.append(first)
        if len(calls) < 3:
            raise ConnectionError
        return first

    assert run(flaky, ["first"]).result("task") == "data"
    assert len(calls) == 3
    assert run(flaky, ["first"], retry=flaky.retry).ok


def test_shared_defaults(caplog):
    naps = []
    retry = retry_transient().copy(sleep=naps.append)
    flaky = Flaky("sync", 9)
    report = run(flaky.task, retry=retry)
    assert flaky.calls == 4
    assert isinstance(report["task"].error, ConnectionError)  # not RetryError
    assert all(0 <= nap <= limit for nap, limit in zip(naps, (0.2, 0.4, 0.8), strict=True))
    assert caplog.text.count("Retrying") == 3
    assert not run(Flaky("sync", 1, TimeoutError).task, retry=retry).ok  # it may have been done
    again = retry_transient(idempotent=True, wait=wait_none())
    assert run(Flaky("sync", 1, TimeoutError).task, retry=again).ok
    assert not run(Flaky("sync", 1, ValueError).task, retry=retry).ok
    assert run(Flaky("sync", 1, ValueError).task, retry=retry_transient(ValueError, wait=wait_none())).ok
    assert not run(Flaky("sync", 1).task, retry=retry_transient(ConnectionError, attempts=1)).ok


@pytest.mark.parametrize("idempotent", [False, True])
def test_an_attempt_that_takes_too_long_is_repeated_if_it_is_idempotent(idempotent):
    calls = []

    async def slow_at_first():
        calls.append(1)
        if len(calls) == 1:
            await asyncio.sleep(60)

    retry = retry_transient(idempotent=idempotent, wait=wait_none())
    report = run(slow_at_first, timeout=0.01, retry=retry)
    assert report["task"].outcome == ("done" if idempotent else "timed out")
    assert len(calls) == 1 + idempotent


@kinds
def test_a_group_of_transient_errors_is_retried(kind):
    def group(text):
        return ExceptionGroup(text, [ConnectionError(), ExceptionGroup(text, [ConnectionRefusedError()])])

    flaky = Flaky(kind, 2, group)
    assert run(flaky.task, retry=retry_transient(wait=wait_none())).ok
    assert flaky.calls == 3


@pytest.mark.parametrize(
    "retry", [AsyncRetrying, Retrying, tenacity.retry, tenacity.stop_after_attempt(3), 3, "yes", mock.Mock()]
)
def test_what_is_no_tenacity_object_is_refused_at_the_door(retry):
    with pytest.raises(BadOption, match="retry must be a tenacity object"):
        TaskManager().add_task("task", lambda: None, retry=retry)
