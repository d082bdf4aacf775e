import asyncio
import threading

import pytest

from course.live import Gate, GateTimeout


def test_closed_until_opened() -> None:
    gate = Gate("mail")
    assert not gate.is_open
    assert repr(gate) == "Gate('mail', closed)"
    gate.open()
    gate.open()
    assert gate.is_open
    assert repr(gate) == "Gate('mail', open)"
    gate.wait(timeout=0)
    asyncio.run(gate.wait_async(timeout=0))


def test_time_outs_name_the_gate() -> None:
    gate = Gate("mail")
    with pytest.raises(GateTimeout, match=r"The gate 'mail' was not opened within 0\.01 s"):
        gate.wait(timeout=0.01)
    with pytest.raises(TimeoutError, match=r"The gate 'mail' was not opened within 0\.01 s"):
        asyncio.run(gate.wait_async(timeout=0.01))
    assert gate._waiting == []


def test_lets_threads_and_loops_through_together() -> None:
    gate, through = Gate(), []
    ready = threading.Barrier(5)

    def thread() -> None:
        ready.wait()
        gate.wait()
        through.append("thread")

    async def coroutine() -> None:
        ready.wait()
        await asyncio.gather(gate.wait_async(), gate.wait_async())
        through.append("loop")

    threads = [threading.Thread(target=thread) for _ in range(2)]
    threads += [threading.Thread(target=lambda: asyncio.run(coroutine())) for _ in range(2)]
    for one in threads:
        one.start()
    ready.wait()
    gate.open()
    for one in threads:
        one.join()
    assert sorted(through) == ["loop", "loop", "thread", "thread"]


def test_opening_after_a_loop_has_gone() -> None:
    gate = Gate()
    loop = asyncio.new_event_loop()
    gate._waiting.append((loop, loop.create_future()))
    loop.close()
    gate.open()
    assert gate.is_open
