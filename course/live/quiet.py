"""Whether nothing more can happen in this process by itself: proved, not waited for.

It is proved when every thread sleeps in the system without a time-out, no event loop has anything to do or a
timer of the program, nothing is on its way between two sockets, and there is no other process of the program.
Then everybody waits for somebody who waits as well. What belongs to the bench does not count as somebody who
could bring anything: a gate that is closed, a client that waits for its answer, the tick of a server.

The system is asked what a thread sleeps in, so only Linux can prove it. Elsewhere, and whenever anything is
not known for certain, nothing is proved, and a deadline has to do.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import selectors
import signal
import socket
import struct
import threading
import time
import weakref
from asyncio.base_events import BaseEventLoop
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, TypeVar

import psutil

import course.tasks
from course.live.threads import thread_frames

_RUN_ONCE = BaseEventLoop._run_once.__code__  # type: ignore[attr-defined]
_TASKS = Path("/proc/self/task")
_LOOKS = 3
_SPAN_SECONDS = 0.06
"""In which nobody may have moved: longer than what the system needs to hand something over."""

_FUTEX, _EPOLL, _POLL, _POLL_MILLISECONDS, _READ, _RECEIVE = {
    "x86_64": ({202}, {232, 281}, {7, 271}, {7}, {0}, {45}),
    "aarch64": ({98}, {22}, {73}, set[int](), {63}, {207}),
}.get(platform.machine(), (set[int](),) * 6)
_FOREIGN = 1  # threads that Python does not know: the one of faulthandler, which watches over a check
_TCP_STILL = (1, 7, 8)  # established, not connected, closed by the other side
_LISTENS = 10
_UNSENT = 0x5411  # the request of ioctl for how much the other side has not received

_F = TypeVar("_F", bound=Callable[..., Any])
_Over = Callable[[Mapping[str, Any]], object]
_bystanders: dict[tuple[str, str], _Over] = {
    # Where the threads of a TaskManager wait for a job.
    (str(Path(course.tasks.__file__).with_name("_threads.py")), "Threads._next"): lambda local: (
        local["self"].crowded
    ),
}
_clients: set[CodeType] = set()
_ours: weakref.WeakSet[asyncio.Timeout] = weakref.WeakSet()
_State = dict[int, object]


def bystander(over: _Over) -> Callable[[_F], _F]:
    """Mark a function in which a thread only waits, and looks now and then: it brings about nothing.

    Args:
        over: given the function's variables, says that the wait is over although the thread is still in it.
    """

    def mark(function: _F) -> _F:
        _bystanders[_place(function.__code__)] = over
        return function

    return mark


def _place(code: CodeType) -> tuple[str, str]:
    return code.co_filename, code.co_qualname


def client(function: _F) -> _F:
    """Mark a function that sends a request: when its thread waits for the answer, only a server can go on."""
    _clients.add(function.__code__)
    return function


def limit(seconds: float | None) -> asyncio.Timeout:
    """``asyncio.timeout`` for a wait of the bench's own: nothing of the program waits for that moment."""
    made = asyncio.timeout(seconds)
    _ours.add(made)
    return made


async def pause(seconds: float) -> None:
    """``asyncio.sleep`` between two looks of the bench's own."""
    with contextlib.suppress(TimeoutError):
        async with limit(seconds):
            await asyncio.get_running_loop().create_future()


class Stillness:
    """Looks at this process until it is proved that nothing more can happen in it.

    The thread that looks is left out, so it has to be one that only waits.
    """

    def __init__(self) -> None:
        self._last: _State | None = None
        self._others: _State | None = None
        self._looks = 0
        self._since = 0.0

    @property
    def looks(self) -> int:
        """For how many looks nobody has moved."""
        return self._looks

    def proved(self, loop: asyncio.AbstractEventLoop | None = None) -> bool:
        """Look once more. True when nobody has moved in this look and several before it.

        Args:
            loop: the event loop that goes on while the caller waits, if the caller is a coroutine.
        """
        state = _standing(loop)
        if state is None or state != self._last:
            self._last, self._others, self._looks, self._since = state, None, 0, time.monotonic()
            return False
        self._looks += 1
        if self._looks < _LOOKS or time.monotonic() - self._since < _SPAN_SECONDS or _on_its_way():
            return False
        before, self._others = self._others, _others()
        if self._others is None or (self._others and self._others != before):
            return False
        return _standing(loop) == state


def _standing(loop: asyncio.AbstractEventLoop | None) -> _State | None:
    """What each thread sleeps in, and how often it has slept; `None` when one may do something by itself."""
    with contextlib.suppress(OSError, ValueError, LookupError, AttributeError):
        if signal.getitimer(signal.ITIMER_REAL)[0] or (loop is not None and not _is_idle(loop)):
            return None
        frames, known = thread_frames(), {_number(each): each for each in threading.enumerate()}
        if set(frames) - {each.ident for each in known.values()}:
            return None
        tasks = [int(each.name) for each in _TASKS.iterdir()]
        if sum(each not in known for each in tasks) > _FOREIGN:
            return None
        others = ((each, known[each]) for each in tasks if each in known)
        mine = threading.get_ident()
        return {
            task: _sleep(task, frames[thread.ident or 0]) for task, thread in others if thread.ident != mine
        }
    return None


def _number(thread: threading.Thread) -> int | None:
    """A thread's number in the system. In a fork, Python 3.11 still has the one of its parent."""
    return os.getpid() if thread is threading.main_thread() else thread.native_id


def _sleep(task: int, frame: FrameType) -> object:
    """What a thread sleeps in.

    Raises:
        LookupError, ValueError: it is at work, or will be.
    """
    codes = {each.f_code: each for each in _stack(frame)}
    for code, own in codes.items():
        if over := _bystanders.get(_place(code)):
            if over(own.f_locals):
                raise LookupError("it is about to go on")
            return "stands by"
    number, *arguments = (_TASKS / str(task) / "syscall").read_text().split()
    call = int(number)  # ValueError: it runs
    if _is_endless(call, arguments) or (call in _POLL | _RECEIVE and _clients & codes.keys()):
        return call, arguments, _switches(_TASKS / str(task))
    if call in _EPOLL and _is_idle(_loop_in(codes)):
        return "ticks"
    raise LookupError("it may go on by itself")


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _for_ever(milliseconds: str) -> bool:
    return int(milliseconds, 16) & 0xFFFFFFFF == 0xFFFFFFFF


def _switches(task: Path) -> tuple[str, ...]:
    lines = (task / "status").read_text().splitlines()
    return tuple(line for line in lines if "ctxt_switches" in line)


def _loop_in(codes: Mapping[CodeType, FrameType]) -> Any:
    """The event loop that runs in a thread."""
    return codes[_RUN_ONCE].f_locals["self"]


def _is_idle(loop: Any) -> bool:
    """Whether a loop has nothing to do, and only timers that the program does not wait for."""
    if loop._ready or not all(map(_is_ours, loop._scheduled)):
        return False
    return type(loop._selector) is selectors.DefaultSelector and not loop._selector.select(0)


def _is_ours(timer: asyncio.TimerHandle) -> bool:
    if timer.cancelled():
        return True
    owner = getattr(timer._callback, "__self__", None)  # type: ignore[attr-defined]
    if isinstance(owner, asyncio.Timeout):
        return owner in _ours
    return type(owner).__module__.startswith("uvicorn.")  # it closes connections that nobody uses


def _on_its_way() -> bool:
    """Whether something has been sent from one socket and has not arrived at another."""
    import fcntl

    for file in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if not str(file.readlink()).startswith("socket:"):
                continue
            with socket.socket(fileno=os.dup(int(file.name))) as sock:
                if sock.type != socket.SOCK_STREAM or sock.family not in (socket.AF_INET, socket.AF_INET6):
                    continue  # what others send is there at once
                state = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
                if state == _LISTENS:
                    continue
                if state not in _TCP_STILL or struct.unpack("i", fcntl.ioctl(sock, _UNSENT, bytes(4)))[0]:
                    return True
    return False


def _others() -> _State | None:
    """What the threads of the program's other processes sleep in, as `_standing` for this one.

    In the process of a check its parent adopts orphans.
    """
    me = psutil.Process()
    root = me.parent() if "COURSE_CHECK" in os.environ else me
    state: _State = {}
    with contextlib.suppress(OSError, ValueError, LookupError, psutil.Error, AttributeError):
        for process in root.children(recursive=True):
            if process.pid != me.pid and process.status() != psutil.STATUS_ZOMBIE:
                for task in Path(f"/proc/{process.pid}/task").iterdir():
                    state[int(task.name)] = _sleep_elsewhere(task)
        return state
    return None


def _sleep_elsewhere(task: Path) -> object:
    number, *arguments = (task / "syscall").read_text().split()
    call = int(number)
    if _is_endless(call, arguments) or (call in _READ and _is_pipe(task, arguments[0])):
        return call, arguments, _switches(task)
    raise LookupError("it may go on by itself")


def _is_endless(call: int, arguments: list[str]) -> bool:
    """Whether a system call has no time-out, and waits for another thread or process."""
    return (
        (call in _FUTEX and int(arguments[3], 16) == 0)
        or (call in _EPOLL and _for_ever(arguments[3]))
        or (call in _POLL_MILLISECONDS and _for_ever(arguments[2]))
    )


def _is_pipe(task: Path, number: str) -> bool:
    return str((task / "fd" / str(int(number, 16))).readlink()).startswith("pipe:")
