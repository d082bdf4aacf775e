"""A class that is not there: a board as a process of its own, and seats that send to it, to measure it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from course.classroom.board import allow_many_connections
from course.classroom.outbox import Membership, Outbox, event_of
from course.classroom.store import Class, Store
from course.classroom.wire import Join
from course.paths import ROOT
from course.practice import lessons

_SERVE = """
import socket, sys
sys.path.insert(0, sys.argv[1])
from course.classroom.board import Address, create_app, serve
from course.classroom.live import Live
from course.classroom.store import Store
store = Store(sys.argv[2])
listener = socket.create_server(("127.0.0.1", int(sys.argv[3])), backlog=1024)
print(listener.getsockname()[1], flush=True)
live = Live(store, store.open("Load", 0.0))
serve(create_app(live, Address("http://127.0.0.1", ("127.0.0.1",))), listener)
"""
_LEARN = """
import sys, threading
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from course.classroom.outbox import NotReached, Outbox
from course.practice import Journal
box, stop = Outbox(Path(sys.argv[2])), threading.Event()
journal = Journal(box.file.with_name("journal.jsonl"))
end = threading.Event()
sender = threading.Thread(target=box.run, args=(stop,), daemon=True)
sender.start()
threading.Thread(target=lambda: (sys.stdin.read(), end.set()), daemon=True).start()
while not end.is_set():
    journal.add("check", sys.argv[3], state="not yet", miss="engine.raised")
    end.wait(float(sys.argv[4]))
stop.set()
sender.join()
while True:
    try:
        if not box.step():
            break
    except NotReached:
        threading.Event().wait(0.5)
"""
_PATIENCE = 60.0
_KERNELS = 4
"""Learners that are processes of their own, when learners are killed."""
_PACE = 1.0
"""Seconds between two events of such a learner."""
_JOINING = 20
"""Seats that join at a time."""
BEAT = 5.0
"""Seconds between two events of a seat."""


class BoardProcess:
    """A board as a process of its own, on the same port however often it is started."""

    def __init__(self, url: str) -> None:
        self.url, self._port = url, "0"
        self.start()

    def start(self) -> None:
        """Start it; it answers soon."""
        command = [sys.executable, "-P", "-c", _SERVE, str(ROOT), self.url, self._port]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
        assert self.process.stdout is not None
        self._port = self.process.stdout.readline().strip()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._port}/"

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


class Kernel:
    """A learner as a process of its own, with a workspace: it writes a journal and sends from its outbox."""

    def __init__(self, folder: Path, board: str, token: str, exercise: str) -> None:
        self.box, self._exercise = Outbox(folder), exercise
        self.box.file.parent.mkdir(parents=True)
        self.box.store(Membership(board=board, token=token, name="Kernel", class_name="Load"))
        self._token, self._folder = token, folder
        self.start()

    def start(self) -> None:
        """Go on where the one before was killed."""
        command = [sys.executable, "-P", "-c", _LEARN, str(ROOT), str(self._folder)]
        self._process = subprocess.Popen([*command, self._exercise, str(_PACE)], stdin=subprocess.PIPE)

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        self._process.kill()
        self._process.communicate()

    def finish(self) -> None:
        """Do nothing more, send what is left, and end."""
        self._process.communicate()

    def written(self) -> list[uuid.UUID]:
        """The keys of all lines in its journal."""
        found, offset = [], 0
        for line in self.box.file.with_name("journal.jsonl").read_bytes().split(b"\n")[:-1]:
            if event := event_of(self._token, offset, line):
                found.append(event.key)
            offset += len(line) + 1
        return found


@dataclass
class Measured:
    """What a class took, and what became of its events."""

    posts: list[float] = field(default_factory=list)
    """Seconds of each message that was answered."""
    shown: list[float] = field(default_factory=list)
    """Seconds from sending an event until it was on a page."""
    again: int = 0
    """Messages that had to be sent again."""
    sent: int = 0
    lost: int = 0
    doubled: int = 0
    memory: float = 0.0
    """Resident megabytes of the board at the end."""
    busy: float = 0.0
    """Seconds of a processor that the board took since it was started last."""

    def p99(self, values: list[float]) -> float:
        """The value that 99 of 100 do not exceed; 0 without values."""
        return statistics.quantiles(values, n=100)[98] if len(values) > 1 else 0.0


def measure(learners: int, pages: int, seconds: float, kills: int = 0, *, url: str | None = None) -> Measured:
    """Let learners send an event each in five seconds, and pages look on.

    The board is killed that many times, and as often one of four more learners, who are processes with
    journals. Events are kept in the database ``url``, or in an SQLite file, and deleted at the end.
    """
    allow_many_connections()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, contextlib.ExitStack() as stack:
        url = url or f"sqlite:///{(Path(folder) / 'load.sqlite3').as_posix()}"
        store = Store(url)
        stack.callback(store.close)
        found = store.open("Load", 0.0)
        stack.callback(store.delete_class, found.id)
        board = BoardProcess(url)
        stack.callback(board.kill)
        done = asyncio.run(_Class(board, store, found, learners, Path(folder)).run(pages, seconds, kills))
        done.memory, done.busy = _taken(board.process.pid)
        return done


def crowd(idle: int, unread: int) -> float:
    """Seconds that a seat takes to join beside connections that say nothing, and pages that do not read."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, contextlib.ExitStack() as stack:
        url = f"sqlite:///{(Path(folder) / 'load.sqlite3').as_posix()}"
        found, board = Store(url).open("Load", 0.0), BoardProcess(url)
        stack.callback(board.kill)
        where = httpx.URL(board.address)
        client = stack.enter_context(httpx.Client(base_url=where, timeout=_PATIENCE, trust_env=False))
        client.get(f"open/{found.secret}")
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        page = f"GET /board/stream?view=b HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n\r\n"
        for said in [b""] * idle + [page.encode()] * unread:
            connection = socket.create_connection((where.host, where.port or 80))
            stack.callback(connection.close)
            connection.sendall(said)
        began = time.perf_counter()
        join = Join(code=found.code, token=_token(1), name="Ada").model_dump(exclude_none=True)
        client.post("api/join", json=join).raise_for_status()
        return time.perf_counter() - began


def _taken(pid: int) -> tuple[float, float]:
    """Megabytes and seconds of a processor."""
    import psutil

    process = psutil.Process(pid)
    times = process.cpu_times()
    return float(process.memory_info().rss / 1e6), float(times.user + times.system)


class _Class:
    def __init__(self, board: BoardProcess, store: Store, found: Class, learners: int, folder: Path) -> None:
        self.board, self.store, self.found, self.learners = board, store, found, learners
        self.folder = folder
        self.kernels: list[Kernel] = []
        self.measured = Measured()
        self.keys: list[uuid.UUID] = []
        self.waiting: dict[str, float] = {}
        self.exercises = [id for lesson in lessons()[:2] for id in lesson.text.exercises]

    async def run(self, pages: int, seconds: float, kills: int) -> Measured:
        async with contextlib.AsyncExitStack() as stack:
            client, *own = [  # one for each seat, as each is a machine of its own
                await stack.enter_async_context(self._client()) for _ in range(1 + self.learners)
            ]
            await self._until_it_answers(client)
            for first in range(0, self.learners, _JOINING):
                some = range(first, min(first + _JOINING, self.learners))
                await asyncio.gather(*(self._join(client, number) for number in some))
            for number in range(_KERNELS if kills else 0):
                await self._sit(client, number, stack)
            rows = {seat.name: f"b-row-{seat.id}" for seat in self.store.seats(self.found.id)}
            self.rows = [rows[f"Seat {number}"] for number in range(self.learners)]
            await client.get(f"open/{self.found.secret}")
            looking = [asyncio.create_task(self._look(client, n == 0)) for n in range(pages)]
            end = time.monotonic() + seconds
            async with asyncio.TaskGroup() as tasks:
                for number in range(self.learners):
                    tasks.create_task(self._learn(own[number], number, end))
                tasks.create_task(self._kill(client, kills, seconds))
            for kernel in self.kernels:
                await asyncio.to_thread(kernel.finish)
            for task in looking:
                task.cancel()
            await asyncio.gather(*looking, return_exceptions=True)
        self._compare()
        return self.measured

    def _client(self) -> httpx.AsyncClient:
        address = self.board.address
        return httpx.AsyncClient(base_url=address, timeout=_PATIENCE, trust_env=False, verify=False)

    async def _until_it_answers(self, client: httpx.AsyncClient) -> None:
        deadline = time.monotonic() + _PATIENCE
        while True:
            with contextlib.suppress(httpx.HTTPError):
                await client.get("static/board.css")
                return
            if time.monotonic() > deadline:
                raise TimeoutError("the board does not answer")
            await asyncio.sleep(0.05)

    async def _join(self, client: httpx.AsyncClient, number: int) -> None:
        join = Join(code=self.found.code, token=_token(number), name=f"Seat {number}")
        (await client.post("api/join", json=join.model_dump(exclude_none=True))).raise_for_status()

    async def _sit(self, client: httpx.AsyncClient, number: int, stack: contextlib.AsyncExitStack) -> None:
        seat = self.learners + number
        await self._join(client, seat)
        exercise = random.choice(self.exercises)
        folder = self.folder / f"kernel {number}"
        self.kernels.append(Kernel(folder, self.board.address, _token(seat), exercise))
        stack.callback(self.kernels[-1].kill)

    async def _learn(self, client: httpx.AsyncClient, number: int, end: float) -> None:
        await asyncio.sleep(random.uniform(0, BEAT))
        while time.monotonic() < end:
            began, event = time.monotonic(), self._event()
            self.measured.sent += 1
            self.waiting[self.rows[number]] = began
            while not await self._post(client, number, event):
                self.measured.again += 1
                await asyncio.sleep(random.uniform(0.1, 1.0))
            await asyncio.sleep(max(0.0, began + BEAT - time.monotonic()))

    def _event(self) -> dict[str, Any]:
        self.keys.append(uuid.uuid4())
        state = random.choice(["passed", "not yet"])
        return {
            "key": self.keys[-1].hex,
            "at": datetime.now(UTC).isoformat(),
            "kind": "check",
            "id": random.choice(self.exercises),
            "state": state,
            **({"miss": "engine.raised"} if state == "not yet" else {}),
        }

    async def _post(self, client: httpx.AsyncClient, number: int, event: dict[str, Any]) -> bool:
        message = {"sent": datetime.now(UTC).isoformat(), "events": [event]}
        began = time.perf_counter()
        try:
            head = {"Authorization": f"Bearer {_token(number)}"}
            answer = await client.post("api/sync", json=message, headers=head)
        except httpx.HTTPError:
            return False
        if answer.status_code == 200:
            self.measured.posts.append(time.perf_counter() - began)
        return answer.status_code == 200

    async def _look(self, client: httpx.AsyncClient, measures: bool) -> None:
        """A page; it comes back when the board does."""
        while True:
            with contextlib.suppress(httpx.HTTPError):
                async with client.stream("GET", "board/stream?view=b", timeout=None) as answer:
                    if not measures:
                        async for _ in answer.aiter_raw():
                            pass
                    async for line in answer.aiter_lines():
                        if line.startswith("data: "):
                            self._seen(json.loads(line[6:]))
            await asyncio.sleep(0.2)

    def _seen(self, parts: list[tuple[str, str]]) -> None:
        now = time.monotonic()
        for name, _ in parts:
            if (began := self.waiting.pop(name, None)) is not None:
                self.measured.shown.append(now - began)

    async def _kill(self, client: httpx.AsyncClient, kills: int, seconds: float) -> None:
        for number in range(kills):
            await asyncio.sleep(seconds / (kills + 1))
            kernel = self.kernels[number % _KERNELS]
            await asyncio.to_thread(kernel.kill)
            kernel.start()
            await asyncio.to_thread(self.board.kill)
            await asyncio.to_thread(self.board.start)
            await self._until_it_answers(client)

    def _compare(self) -> None:
        """What was sent, and what stands in the journals, with what is stored."""
        written = [key for kernel in self.kernels for key in kernel.written()]
        self.measured.sent += len(written)
        done = {*self.keys, *written}
        stored = Counter(noted.event.key for noted in self.store.events(self.found.id))
        self.measured.lost = len(done - set(stored))
        self.measured.doubled = sum(stored.values()) - len(done & set(stored))


def _token(number: int) -> str:
    return f"{number:064x}"


def lines(measured: Measured) -> Iterator[tuple[str, float, str, float | None]]:
    """What is worth saying: what, value, unit, goal."""
    yield "events sent", measured.sent, "", None
    yield "messages sent again", measured.again, "", None
    yield "events lost", measured.lost, "", 0
    yield "events doubled", measured.doubled, "", 0
    yield "a message and its answer, 99 of 100", 1000 * measured.p99(measured.posts), "ms", 50
    yield "an event on the page, 99 of 100", measured.p99(measured.shown), "s", 1
    yield "memory of the board", measured.memory, "MB", 150
    yield "processor time of the board", measured.busy, "s", None
    yield "processors of this machine", os.cpu_count() or 1, "", None
