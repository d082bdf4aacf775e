"""The helper that the lesson gives: async or not, as Starlette sees it."""

import asyncio
import functools
import threading
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

from course.lessons.order_and_data import worked


class OnLoop:
    async def __call__(self, value: str) -> tuple[str, threading.Thread]:
        return value, threading.current_thread()


async def on_loop(value: str) -> tuple[str, threading.Thread]:
    return value, threading.current_thread()


def in_thread(value: str) -> tuple[str, threading.Thread]:
    return value, threading.current_thread()


@pytest.mark.parametrize(
    "task",
    [on_loop, OnLoop(), functools.partial(OnLoop()), mock.create_autospec(on_loop, side_effect=on_loop)],
)
def test_an_async_task_is_awaited(task: Callable[..., Any]) -> None:
    assert asyncio.run(worked.call(task, "a")) == ("a", threading.current_thread())


def test_any_other_has_a_thread() -> None:
    value, thread = asyncio.run(worked.call(in_thread, "a"))
    assert value == "a"
    assert thread is not threading.current_thread()
