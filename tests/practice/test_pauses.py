"""Who pauses where: noted on the event loop that answers requests, and nowhere else."""

import asyncio
import queue
import threading
import time
from types import ModuleType

import pytest
from fastapi import FastAPI

from course.live import Gate, serve
from course.practice.pauses import LoopPauses, held_waits

_PROGRAM = """
import asyncio, concurrent.futures, queue, threading, time
from time import sleep

import pytest


async def on_the_loop():
    time.sleep(60)


async def under_another_name():
    sleep(60)


def pause(seconds, sleep=time.sleep, *, other=time.sleep):
    sleep(seconds)
    other(seconds)


class Pause:
    of = staticmethod(sleep)
    plain = sleep


async def under_the_name_of_an_attribute():
    Pause.of(60)
    Pause().plain(60)


async def under_the_name_of_a_parameter():
    pause(60)


async def waits_for_a_condition():
    condition = threading.Condition()
    with condition:
        assert not condition.wait(60)


async def waits_until():
    condition = threading.Condition()
    with condition:
        condition.wait_for(lambda: False, timeout=0.01)


async def waits_for_a_permit():
    assert not threading.Semaphore(0).acquire(timeout=0.01)


async def waits_for_an_item():
    with pytest.raises(queue.Empty):
        queue.Queue().get(timeout=60)


async def waits_for_room():
    full = queue.Queue(1)
    full.put("first", timeout=60)
    with pytest.raises(queue.Full):
        full.put("second", True, 60)


async def waits_for_a_result():
    with pytest.raises(TimeoutError):
        concurrent.futures.Future().result(60)


async def waits_for_a_thread():
    event = threading.Event()
    thread = threading.Thread(target=event.wait)
    thread.start()
    thread.join(60)
    assert thread.is_alive()
    event.set()
    thread.join()
    thread.join(60)


async def waits_for_a_thread_that_is_about_to_end():
    event = threading.Event()
    thread = threading.Thread(target=event.wait)
    thread.start()
    event.set()
    thread.join(60)


async def waits_for_the_first_of_several():
    with pytest.raises(TimeoutError):
        next(concurrent.futures.as_completed([concurrent.futures.Future()], timeout=0.05))


async def finds_all_there():
    full = queue.Queue()
    full.put("first", timeout=60)
    assert full.get(timeout=60) == "first"
    with pytest.raises(queue.Empty):
        full.get(False, 60)
    done = concurrent.futures.Future()
    done.set_result(False)
    assert done.result(timeout=60) is False
    assert threading.Semaphore().acquire(timeout=60)


LOCK = threading.Lock()


async def waits_for_a_lock():
    for lock in (LOCK, threading.Lock()):
        with lock:
            assert not lock.acquire(timeout=60)
        assert lock.acquire(timeout=60)
        lock.release()


async def waits_for_a_lock_that_is_given_back():
    assert LOCK.acquire()
    releases = threading.Thread(target=LOCK.release)
    while_it_waits = LOCK._acquire

    def acquire(*given):
        releases.start()
        return while_it_waits(*given)

    LOCK._acquire = acquire
    assert LOCK.acquire(timeout=60)
    LOCK._acquire = while_it_waits
    LOCK.release()
    releases.join()


async def waits_for_an_item_of_a_simple_queue():
    simple = queue.SimpleQueue()
    with pytest.raises(queue.Empty):
        simple.get(timeout=60)
    simple.put("first")
    assert simple.get(timeout=60) == "first"


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
        ("waits_for_a_condition", "Condition.wait"),
        ("waits_for_an_item", "Queue.get"),
        ("waits_for_room", "Queue.put"),
        ("waits_for_a_result", "Future.result"),
        ("waits_for_a_thread", "Thread.join"),
        ("waits_for_an_item_of_a_simple_queue", "SimpleQueue.get"),
    ],
)
def test_a_pause_on_the_loop_of_the_server_is_noted_and_takes_no_time(
    program: ModuleType, name: str, call: str
) -> None:
    assert _noted(program, name, LoopPauses()) == [(call, 60)]


def test_under_the_name_of_a_parameter(program: ModuleType) -> None:
    assert _noted(program, "under_the_name_of_a_parameter", LoopPauses()) == [("time.sleep", 60)] * 2


def test_under_the_name_of_an_attribute_of_a_class(program: ModuleType) -> None:
    before = dict(vars(program.Pause))
    assert _noted(program, "under_the_name_of_an_attribute", LoopPauses()) == [("time.sleep", 60)] * 2
    assert dict(vars(program.Pause)) == before


def test_waits_are_held_until_the_gate_opens_or_what_they_wait_for_comes() -> None:
    gate, event, items, ended = Gate(), threading.Event(), queue.Queue[str](), list[object]()

    def wait() -> None:
        ended.append(event.wait(0.001))
        ended.append(items.get(timeout=0.001))
        event.clear()
        ended.append(event.wait(0.001))

    waiting = threading.Thread(target=wait)
    with held_waits(gate, lambda: threading.current_thread() is waiting):
        assert not threading.Event().wait(0.001)
        waiting.start()
        for come in (event.set, lambda: items.put("an item"), gate.open):
            waiting.join(0.3)
            assert waiting.is_alive()
            come()
        waiting.join(60)
    assert ended == [True, "an item", False]


def test_locks_that_were_made_before_and_within(program: ModuleType) -> None:
    assert _noted(program, "waits_for_a_lock", LoopPauses()) == [("Lock.acquire", 60)] * 2


def test_a_lock_that_somebody_has_for_a_moment_keeps_nobody_waiting(program: ModuleType) -> None:
    assert _noted(program, "waits_for_a_lock_that_is_given_back", LoopPauses()) == []


def test_what_a_library_makes_is_its_own(program: ModuleType) -> None:
    lock, simple = type(threading.Lock()), queue.SimpleQueue
    with LoopPauses().watched(program.on_the_loop):
        assert type(threading.Lock()) is lock
        assert type(queue.SimpleQueue()) is simple


@pytest.mark.parametrize(
    ("name", "call"), [("waits_until", "Condition.wait_for"), ("waits_for_a_permit", "Semaphore.acquire")]
)
def test_what_waits_for_a_condition_is_noted_by_its_own_name(
    program: ModuleType, name: str, call: str
) -> None:
    assert {call for call, _ in _noted(program, name, LoopPauses())} == {call}


def test_what_waits_for_futures_is_noted_once_and_by_its_own_name(program: ModuleType) -> None:
    assert [call for call, _ in _noted(program, "waits_for_the_first_of_several", LoopPauses())] == [
        "concurrent.futures.as_completed"
    ]


@pytest.mark.parametrize(
    "name",
    [
        "awaits",
        "finds_all_there",
        "takes_no_time",
        "finds_it_set",
        "in_a_thread",
        "on_a_loop_of_its_own",
        "waits_for_a_thread_that_is_about_to_end",
    ],
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


def test_what_the_program_sets_meanwhile_stays(program: ModuleType) -> None:
    names = vars(program)
    with LoopPauses().watched(program.on_the_loop):
        exec("pool = LOCK = 'made at once'\ndel sleep", names)
    assert (names["pool"], names["LOCK"]) == ("made at once", "made at once")
    assert "sleep" not in names


def test_afterwards_all_is_as_before(program: ModuleType) -> None:
    def found() -> tuple[object, ...]:
        methods = (
            threading.Lock,
            queue.SimpleQueue,
            threading.Event.wait,
            threading.Condition.wait,
            threading.Thread.join,
            queue.Queue.get,
        )
        own = program.LOCK, program.sleep, program.pause.__defaults__, dict(program.pause.__kwdefaults__)
        return time.sleep, *methods, *own

    before = found()
    with LoopPauses().watched(program.on_the_loop):
        assert all(one != other for one, other in zip(found(), before, strict=True))
    assert found() == before
