"""guarded(): nothing leaves it but cancellation, and nothing is lost silently."""

import asyncio
import functools
import inspect
import logging
from unittest import mock

import anyio
import pytest

from course.tasks import guarded, is_async, request_id


class Service:
    def __init__(self):
        self.seen = []

    async def mail(self, to):
        self.seen.append(to)
        return to

    def file(self, to):
        self.seen.append(to)
        return to


class AsyncObject:
    async def __call__(self, to):
        return to


class SyncObject:
    def __call__(self, to):
        return to


async def plain(to):
    return to


def sync(to):
    return to


@pytest.mark.parametrize(
    "func",
    [
        plain,
        functools.partial(plain),
        functools.partial(functools.partial(plain)),
        Service().mail,
        AsyncObject(),
    ],
    ids=lambda func: type(func).__name__,
)
def test_async_stays_async(func):
    safe = guarded(func)
    assert inspect.iscoroutinefunction(safe)
    assert asyncio.run(safe("ada")) == "ada"


@pytest.mark.parametrize("func", [sync, functools.partial(sync), Service().file, SyncObject(), str])
def test_sync_stays_sync(func):
    safe = guarded(func)
    assert not is_async(safe)
    assert safe("ada") == "ada"


def test_mocks():
    asyncio.run(guarded(slow := mock.AsyncMock())("ada"))
    slow.assert_awaited_once_with("ada")
    guarded(quick := mock.MagicMock())("ada")
    quick.assert_called_once_with("ada")


def test_failure_is_logged_with_name_and_request(caplog):
    @guarded
    async def send_mail():
        raise ValueError("no such address")

    @guarded
    def file_mail():
        raise ValueError("disk full")

    assert asyncio.run(send_mail()) is None
    assert file_mail() is None
    for record, name in zip(caplog.records, ("send_mail", "file_mail"), strict=True):
        assert record.levelno == logging.ERROR
        assert record.exc_info[0] is ValueError
        assert record.getMessage() == f"background task {name} failed"
    token = request_id.set("rid-7")
    file_mail()
    request_id.reset(token)
    assert caplog.records[-1].getMessage().endswith(" file_mail failed, request rid-7")


def test_forgotten_coroutine_is_reported(caplog):
    def decorator(func):
        @functools.wraps(func)
        def wrapper(*args):
            return func(*args)

        return wrapper

    guarded(lambda: plain("ada"))()
    guarded(decorator(plain))("ada")
    assert [record.exc_info[0] for record in caplog.records] == [TypeError, TypeError]
    assert "pass the async function" in caplog.text


def test_calling_instead_of_passing_is_refused_at_once():
    with pytest.raises(TypeError, match="pass plain without calling it"):
        guarded(plain("ada"))
    with pytest.raises(TypeError, match="needs a function, not NoneType"):
        guarded(None)


def test_cancellation_passes():
    @guarded
    async def forever():
        await asyncio.sleep(60)

    async def main():
        task = asyncio.create_task(forever())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(main())


def test_the_cancellation_of_something_else_is_a_failure(caplog):
    @guarded
    async def waits_for_another():
        other = asyncio.create_task(asyncio.sleep(60))
        asyncio.get_running_loop().call_soon(other.cancel)
        await other

    assert asyncio.run(waits_for_another()) is None
    assert [record.exc_info[0] for record in caplog.records] == [asyncio.CancelledError]


def test_a_scope_of_anyio_ends_a_guarded_task():
    async def main():
        with anyio.CancelScope() as scope:
            asyncio.get_running_loop().call_soon(scope.cancel)
            await guarded(asyncio.sleep)(60)
        return scope.cancelled_caught

    assert asyncio.run(main())


def test_a_scope_of_anyio_ends_it_while_it_waits_for_a_thread():
    """The task itself is not cancelled then: its thread raises the scope's error."""

    async def main():
        with anyio.CancelScope() as scope:

            async def waits():
                asyncio.get_running_loop().call_soon(scope.cancel)
                await anyio.sleep(60)

            await guarded(anyio.to_thread.run_sync)(anyio.from_thread.run, waits)
        return scope.cancelled_caught

    assert asyncio.run(main())


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_interrupts_pass(error):
    @guarded
    def stop():
        raise error

    with pytest.raises(error):
        stop()


def test_name_signature_and_doc_remain():
    @guarded
    async def send(to: str) -> None:
        """Send it."""

    assert send.__name__ == "send"
    assert send.__doc__ == "Send it."
    assert list(inspect.signature(send).parameters) == ["to"]


def test_guarded_twice_logs_once(caplog):
    def fail():
        raise ValueError

    guarded(guarded(fail))()
    assert len(caplog.records) == 1
