"""Who pauses where: noted on the event loop that answers requests, and nowhere else."""

import asyncio
import threading
import time
from types import ModuleType

import pytest
from fastapi import FastAPI

from course.live import serve
from course.practice.pauses import LoopPauses

_PROGRAM = """
import asyncio, threading, time
from time import sleep


async def on_the_loop():
    time.sleep(60)


async def under_another_name():
    sleep(60)


async def waits_for_an_event():
    assert not threading.Event().wait(60)


async def awaits():
    await asyncio.sleep(0.01)


async def takes_no_time():
    time.sleep(0)


async def finds_it_set():
    event = threading.Event()
    event.set()
    assert event.wait(60)


def in_a_thread():
    time.sleep(0.01)
    threading.Event().wait(0.01)


def on_a_loop_of_its_own():
    async def nap():
        time.sleep(0.01)

    asyncio.run(nap())
"""


@pytest.fixture(name="program")
def _program() -> ModuleType:
    module = ModuleType("a_notebook")
    exec(_PROGRAM, vars(module))
    return module


def _noted(program: ModuleType, name: str, pauses: LoopPauses) -> list[tuple[str, float]]:
    app = FastAPI()
    app.post("/")(getattr(program, name))
    with pauses.watched(getattr(program, name)), serve(pauses.inside(app)) as server:
        assert server.client.post("/").status_code == 200
    return pauses.noted


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("on_the_loop", "time.sleep"),
        ("under_another_name", "time.sleep"),
        ("waits_for_an_event", "Event.wait"),
    ],
)
def test_a_pause_on_the_loop_of_the_server_is_noted_and_takes_no_time(
    program: ModuleType, name: str, call: str
) -> None:
    assert _noted(program, name, LoopPauses()) == [(call, 60)]


@pytest.mark.parametrize(
    "name", ["awaits", "takes_no_time", "finds_it_set", "in_a_thread", "on_a_loop_of_its_own"]
)
def test_what_keeps_nobody_waiting_is_not(program: ModuleType, name: str) -> None:
    assert _noted(program, name, LoopPauses()) == []


def test_before_the_first_request_and_behind_the_last_one_a_loop_may_pause(program: ModuleType) -> None:
    pauses = LoopPauses()

    async def pause() -> None:
        exec("time.sleep(0.01)", vars(program))

    with pauses.watched(program.on_the_loop):
        asyncio.run(pause())
        pauses.no_more_requests()
        asyncio.run(pause())
    assert pauses.noted == []


def test_afterwards_all_is_as_before(program: ModuleType) -> None:
    before = time.sleep, threading.Event.wait, program.sleep
    with LoopPauses().watched(program.on_the_loop):
        pass
    assert (time.sleep, threading.Event.wait, program.sleep) == before
