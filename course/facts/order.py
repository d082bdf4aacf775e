"""When things happen: the response, the tasks behind it, other requests; and the order of a graph."""

import asyncio
import http.client
import itertools
import os
import threading
import time
from collections.abc import AsyncIterator
from functools import partial
from graphlib import CycleError, TopologicalSorter

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI, Request
from fastapi.responses import Response, StreamingResponse

from course.facts import Seen, fact
from course.facts._experiments import NotedResponse, in_order, quiet_client, saw, time_for
from course.live import Gate, Server, serve

_BIG = 20_000_000  # bytes: more than the buffers between a server and a client that does not read


@fact("F1", "The client has its response before the task has ended.")
def reply_first() -> Seen:
    """The task can end only when the client, with its reply in hand, opens a gate."""
    app, gate, log = FastAPI(), Gate("the client has its reply"), list[str]()

    async def task() -> None:
        await gate.wait_async(5)
        log.append("task ended")

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(task)

    with serve(app) as server:
        log.append(f"reply {server.client.get('/').status_code}")
        gate.open()
        server.settle()
    return in_order(log, "reply 200", "task ended")


@fact("F2", "A task starts when the response is in the server's buffers, whether or not the client has it.")
def sent_is_not_received() -> Seen:
    """A client that reads nothing until the task has run; a stream, though, is held back by it."""
    app, ran = FastAPI(), {"whole": Gate("whole"), "stream": Gate("stream")}

    @app.get("/whole")
    async def whole(tasks: BackgroundTasks) -> Response:
        tasks.add_task(ran["whole"].open)
        return Response(b"x" * _BIG)

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 1_000_000

    @app.get("/stream")
    async def stream(tasks: BackgroundTasks) -> Response:
        tasks.add_task(ran["stream"].open)
        return StreamingResponse(parts())

    with serve(app) as server:
        client = _unread(server, "/whole")
        ran["whole"].wait(20)
        size = len(client.getresponse().read())
        client = _unread(server, "/stream")
        time.sleep(0.2)
        held = not ran["stream"].is_open
        client.getresponse().read()
        ran["stream"].wait(20)
    return saw({f"the task ran before any of {size} bytes was read": size == _BIG, "a stream waited": held})


def _unread(server: Server, path: str) -> http.client.HTTPConnection:
    """A connection on which a request was sent, and nothing was read."""
    url = httpx.URL(server.url)
    connection = http.client.HTTPConnection(url.host, url.port, timeout=20)
    connection.request("GET", path)
    return connection


@fact("F3", "The next request on the same connection does not wait for the task of the one before.")
def keep_alive_goes_on() -> Seen:
    """A second reply over the same connection while the first request's task is held."""
    app, gate = FastAPI(), Gate("the second reply is here")

    @app.get("/task")
    async def with_task(request: Request, tasks: BackgroundTasks) -> object:
        tasks.add_task(gate.wait_async, 20)
        return request.client

    @app.get("/next")
    async def next_one(request: Request) -> object:
        return request.client

    with serve(app) as server:
        replies = [server.client.get(path).json() for path in ("/task", "/next")]
        held = server.timeline.tasks[0].ended is None
        gate.open()
    return saw({"same connection": replies[0] == replies[1], "answered while the task was held": held})


@fact("F7", "Tasks of one request run one after the other; those of two requests, and a TaskGroup, overlap.")
def one_list_per_request() -> Seen:
    """Two at a barrier can only go on when both are there."""
    app, log, first_may_end = FastAPI(), list[str](), Gate("the first task may end")
    meeting = {"requests": threading.Barrier(2), "group": threading.Barrier(2)}

    async def first() -> None:
        await first_may_end.wait_async(20)
        log.append("first ended")

    def second() -> None:
        log.append("second began")

    async def meet(where: str) -> None:
        await asyncio.to_thread(meeting[where].wait, 20)
        log.append(f"{where} met")

    async def group() -> None:
        async with asyncio.TaskGroup() as members:
            members.create_task(meet("group"))
            members.create_task(meet("group"))

    @app.get("/one")
    async def one(tasks: BackgroundTasks) -> None:
        tasks.add_task(first)
        tasks.add_task(second)

    @app.get("/two")
    async def two(tasks: BackgroundTasks) -> None:
        tasks.add_task(meet, "requests")

    @app.get("/group")
    async def grouped(tasks: BackgroundTasks) -> None:
        tasks.add_task(group)

    with serve(app) as server:
        server.client.get("/one")
        for path in ("/two", "/two", "/group"):
            server.client.get(path)
        while len(log) < 4 and not server.errors:
            time.sleep(0.005)
        for _ in time_for(lambda: "second began" in log):
            time.sleep(0.005)
        before = sorted(log)
        first_may_end.open()
        server.settle()
    overlapped = before == ["group met", "group met", "requests met", "requests met"]
    return saw(
        {
            "two requests met, two of a group met": overlapped,
            "the second task of a request began when the first had ended": log[4:]
            == ["first ended", "second began"],
        }
    )


@fact(
    "A1", "An async task runs in the request's own asyncio task, a def task in a thread, both in its process."
)
def tail_of_the_coroutine() -> Seen:
    """Who runs the endpoint, who runs its tasks."""
    app, where, who = FastAPI(), dict[str, tuple[int, int]](), dict[str, object]()

    def note(name: str) -> None:
        where[name] = (os.getpid(), threading.get_ident())

    async def async_task() -> None:
        note("async")
        who["async"] = asyncio.current_task()

    def def_task() -> None:
        note("def")

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(async_task)
        tasks.add_task(def_task)
        tasks.add_task(note, "end")
        note("endpoint")
        who["endpoint"] = asyncio.current_task()

    with serve(app) as server:
        server.client.get("/")
        server.settle()
    return saw(
        {
            "same asyncio task": who["async"] is who["endpoint"],
            "same thread": where["async"] == where["endpoint"],
            "another thread for def": where["def"][1] != where["endpoint"][1],
            "same process": where["def"][0] == os.getpid() == where["endpoint"][0],
        }
    )


@fact("A2", "The share of the waiting time that a task saves is job / (handler + job), and no fixed number.")
def saving() -> Seen:
    """Each pair of durations until a quiet moment gives what the formula says."""
    seen = {f"{handler} + {job} ms": _saved(handler, job) for handler, job in ((60, 20), (20, 60))}
    wanted = {"60 + 20 ms": 0.25, "20 + 60 ms": 0.75}
    near = all(abs(seen[case] - share) < 0.12 for case, share in wanted.items())
    said = "; ".join(f"{case}: {share:.0%} saved" for case, share in seen.items())
    return Seen(near, said)


def _saved(handler: int, job: int) -> float:
    """The saved share for durations in ms: that of the run, out of a few, nearest to the formula."""
    app = FastAPI()

    @app.get("/{where}")
    async def endpoint(where: str, tasks: BackgroundTasks) -> None:
        await asyncio.sleep(handler / 1000)
        if where == "inside":
            await asyncio.sleep(job / 1000)
        else:
            tasks.add_task(asyncio.sleep, job / 1000)

    def seconds(path: str) -> float:
        started = time.perf_counter()
        server.client.get(path)
        return time.perf_counter() - started

    expected, best = job / (handler + job), float("inf")
    with serve(app) as server:
        for _ in range(15):
            share = 1 - seconds("/behind") / seconds("/inside")
            best = min(best, share, key=lambda value: abs(value - expected))
            if abs(best - expected) < 0.05:
                break
            server.settle()
    return best


@fact("A3", "Async and def tasks may be mixed in a request; they run one after the other.")
def mixed() -> Seen:
    """Both orders; each task gives the other one time to begin."""
    app, log = FastAPI(), list[str]()

    async def async_task() -> None:
        log.append("async begins")
        for _ in time_for(lambda: log[-1] == "def begins"):
            await asyncio.sleep(0.005)
        log.append("async ends")

    def def_task() -> None:
        log.append("def begins")
        for _ in time_for(lambda: log[-1] == "async begins"):
            time.sleep(0.005)
        log.append("def ends")

    @app.get("/{first}")
    async def endpoint(first: str, tasks: BackgroundTasks) -> None:
        for task in (async_task, def_task) if first == "async" else (def_task, async_task):
            tasks.add_task(task)

    with serve(app) as server:
        for first in ("async", "def"):
            server.client.get(f"/{first}")
            server.settle()
    halves = {"async": ["async begins", "async ends"], "def": ["def begins", "def ends"]}
    return in_order(log, *halves["async"], *halves["def"], *halves["def"], *halves["async"])


@fact("B1", "A request's tasks run after its response, in the order of registration, whatever their kind.")
def in_order_of_registration() -> Seen:
    """A dependency's task comes first; the slowest of the endpoint's stands in front of the others."""
    app, log = FastAPI(), list[str]()

    async def async_task(name: str) -> None:
        log.append(name)

    def slow_task(name: str) -> None:
        time.sleep(0.02)
        log.append(name)

    def dependency(tasks: BackgroundTasks) -> None:
        tasks.add_task(async_task, "dependency")

    @app.get("/", dependencies=[Depends(dependency)])
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(slow_task, "A")
        tasks.add_task(async_task, "B")
        tasks.add_task(partial(slow_task, "C"))

    quiet_client(NotedResponse(app, log)).get("/")
    return in_order(log, "response", "dependency", "A", "B", "C")


@fact("B2", "Between the tasks of two requests there is no order: a later request's task may end first.")
def no_order_between_requests() -> Seen:
    """The first request's task is held until the second request's task has ended."""
    app, log, go_on = FastAPI(), list[str](), Gate("the second task has ended")

    async def task(name: str) -> None:
        if name == "first":
            await go_on.wait_async(20)
        log.append(name)
        if name == "second":
            go_on.open()

    @app.get("/{name}")
    async def endpoint(name: str, tasks: BackgroundTasks) -> None:
        tasks.add_task(task, name)

    with serve(app) as server:
        server.client.get("/first")
        server.client.get("/second")
        server.settle()
    return in_order(log, "second", "first")


@fact("G1", "graphlib names a cycle by its path, from what comes before to what comes after, and back.")
def cycle_by_its_path() -> Seen:
    """A cycle of three, and one behind it. The dictionary says what a task waits for."""
    after = {"charge": ["invoice"], "invoice": ["pack"], "pack": ["charge"], "mail": ["pack"]}
    try:
        list(TopologicalSorter(after).static_order())
    except CycleError as error:
        path = error.args[1]
        steps = itertools.pairwise(path)
        arrows = all(earlier in after[later] for earlier, later in steps)
        return Seen(arrows and path[0] == path[-1] and len(path) == 4, " -> ".join(path))
    return Seen(False, "it found no cycle")


@fact("G2", "graphlib takes a misspelt name for a task of its own, and the arrow that was meant is gone.")
def misspelt_name() -> Seen:
    """`ship` waits for `pakc`; the slow `pack` comes when it likes."""
    sorter = TopologicalSorter({"pack": ["reserve"], "ship": ["pakc"]})
    sorter.prepare()
    first = set(sorter.get_ready())
    sorter.done("pakc")
    return saw(
        {
            "pakc is ready as a task": first == {"pakc", "reserve"},
            "ship is ready without pack": sorter.get_ready() == ("ship",),
        }
    )
