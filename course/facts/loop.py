"""Who waits: the event loop, the worker threads, other processes."""

import asyncio
import contextlib
import multiprocessing
import os
import pickle
import selectors
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
import httpx
from fastapi import BackgroundTasks, Depends, FastAPI, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from course.facts import Seen, fact
from course.facts._experiments import NotedResponse, in_order, saw, time_for
from course.live import FileGate, Gate, GateTimeout, Pending, serve
from course.tasks import TaskManager


@fact("F4", "An async def task that blocks freezes every connection; the same as a def task freezes nobody.")
def blocking() -> Seen:
    """Somebody else's request, sent while a task blocks at a gate."""
    observed = {
        "behind a blocking async def task a ping waited to its end": _waits("/async"),
        "behind a def task it did not": not _waits("/def"),
        "nor behind await run_in_threadpool": not _waits("/handed-over"),
    }
    return saw(observed)


@fact("F4b", "A large reply waits for a blocking async task of its own request, a small one does not.")
def large_reply() -> Seen:
    """A task that blocks until its client has the whole reply, or gives up."""
    return saw(
        {
            "a byte is read before the task ends": _read_meanwhile(1, patience=20),
            "sixty megabytes are not": not _read_meanwhile(60_000_000, patience=3),
        }
    )


def _read_meanwhile(size: int, patience: float) -> bool:
    """Whether a client reads so many bytes while the task of its own request keeps the loop."""
    app, log, read = FastAPI(), list[str](), Gate("the client has it all")

    async def block() -> None:
        with contextlib.suppress(GateTimeout):
            read.wait(patience)
            log.append("read meanwhile")

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> Response:
        tasks.add_task(block)
        return Response(b"x" * size)

    with serve(app) as server:
        server.client.get("/", timeout=60)
        read.open()
        server.settle()
    return bool(log)


def _waits(path: str) -> bool:
    """Whether a ping waits for the end of the task that the request to `path` leaves behind."""
    app, log = FastAPI(), list[str]()
    begun, may_end = Gate("the task has begun"), Gate("the task may end")

    def block() -> None:
        begun.open()
        may_end.wait(20)
        log.append("task ended")

    async def block_async() -> None:
        block()

    async def hand_over() -> None:
        await run_in_threadpool(block)

    tasks_of = {"/async": block_async, "/def": block, "/handed-over": hand_over}

    @app.get("/ping")
    async def ping() -> None:
        log.append("ping")

    @app.get(path)
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(tasks_of[path])

    with serve(app) as server:
        server.client.get(path)
        begun.wait(20)
        request = server.submit("GET", "/ping")
        if path == "/async":
            _give_it_time(request)
        else:
            request.result(20)
        may_end.open()
        request.result(20)
        server.settle()
    return log == ["task ended", "ping"]


def _give_it_time(*requests: Pending) -> None:
    """Time in which they would be answered if nothing blocked them."""
    for _ in time_for(lambda: all(request.done for request in requests)):
        time.sleep(0.005)


@fact("F5", "Threads that wait cost the event loop nothing; threads that compute make it queue for its turn.")
def computing() -> Seen:
    """How late the loop wakes up beside two threads, in turns of 20 ms; and how much two threads compute."""
    sys.setswitchinterval(0.02)
    for _ in range(4):  # until the machine is quiet enough to measure
        waiting = asyncio.run(_lateness(lambda stop: stop.wait(20)))
        computing = asyncio.run(_lateness(_compute))
        holds = computing > 10 and computing > 3 * waiting
        if holds:
            break
    return Seen(
        holds, f"it woke {waiting:.1f} ms late beside waiting threads, {computing:.1f} beside computing"
    )


async def _lateness(work: Callable[[threading.Event], object]) -> float:
    """By how many ms the loop wakes up late, in the middle of some times, beside two threads at work."""
    stop = threading.Event()
    threads = [threading.Thread(target=work, args=(stop,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    late = [await _late() for _ in range(7)]
    stop.set()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    return statistics.median(late)


async def _late() -> float:
    due = time.perf_counter() + 0.005
    await asyncio.sleep(0.005)
    return (time.perf_counter() - due) * 1000


def _compute(stop: threading.Event) -> None:
    number = 0
    while not stop.is_set():
        number += sum(range(1000))


@fact("F5b", "Threads take turns: together they compute no more than one processor's worth.")
def one_at_a_time() -> Seen:
    """The processor time that three threads got, and how long they took."""
    begin, times = threading.Barrier(3), list[tuple[float, float, float]]()

    def compute() -> None:
        begin.wait()
        started, processor = time.perf_counter(), time.thread_time()
        number = 0
        for _ in range(2000):
            number += sum(range(1000))
        times.append((started, time.perf_counter(), time.thread_time() - processor))

    threads = [threading.Thread(target=compute) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = max(end for _, end, _ in times) - min(start for start, _, _ in times)
    processor = sum(used for _, _, used in times)
    return Seen(processor < 1.15 * elapsed, f"{processor * 1000:.0f} ms computed in {elapsed * 1000:.0f} ms")


@fact("F5c", "A process pool takes functions of importable modules only, and runs them in another process.")
def pool() -> Seen:
    """What can be sent to a worker process, and what comes back."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as workers:
        total = workers.submit(sum, [1, 2]).result(30)
        try:
            workers.submit(lambda: 1).result(30)
            refused = False
        except (pickle.PicklingError, AttributeError):
            refused = True
    return saw({"3 came back": total == 3, "a lambda was refused": refused})


@fact(
    "F5g",
    "asyncio.run in a thread starts another loop, where a semaphore that was waited for on the server's loop "
    "fails as soon as it has to wait; anyio.from_thread.run asks the server's loop.",
)
def another_loop() -> Seen:
    """A def task that runs a coroutine, in both ways, while another holds what both need."""
    app, log, gate, limit = FastAPI(), list[str](), Gate("the place is free"), asyncio.Semaphore(1)

    async def ask() -> str:
        async with limit:
            return "answered"

    async def hold() -> None:
        async with limit:
            await gate.wait_async(20)

    def task(run: Callable[[Callable[..., Any]], str]) -> None:
        try:
            log.append(run(ask))
        except RuntimeError as error:
            log.append(type(error).__name__)

    @app.get("/hold")
    async def hold_it(tasks: BackgroundTasks) -> None:
        tasks.add_task(hold)

    @app.get("/run")
    async def with_run(tasks: BackgroundTasks) -> None:
        tasks.add_task(task, lambda coroutine: asyncio.run(coroutine()))
        tasks.add_task(gate.open)

    @app.get("/from-thread")
    async def from_thread(tasks: BackgroundTasks) -> None:
        tasks.add_task(task, lambda coroutine: anyio.from_thread.run(coroutine))

    with serve(app) as server:
        server.client.get("/hold")
        server.client.get("/hold")  # this one waits, on the server's loop
        server.client.get("/run")
        server.settle()
        server.client.get("/from-thread")
        server.settle()
    return in_order(log, "RuntimeError", "answered")


@fact(
    "F5l",
    "A semaphore that nobody has waited for, or a lock of anyio, waits in a second loop also when it is "
    "free again, until something else wakes that loop; the semaphore then fails on the server's loop.",
)
def waits_for_ever() -> Seen:
    """The second loop's turn comes only when somebody wakes that loop, which shows that nothing else did."""

    class Selector(selectors.DefaultSelector):
        """Says when its loop has nothing to do and waits for others, without a time."""

        def __init__(self) -> None:
            super().__init__()
            self.idle = threading.Event()

        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            if timeout is None:
                self.idle.set()
            return super().select(timeout)

    semaphore, seen = asyncio.Semaphore(1), dict[str, bool]()

    async def second(lock: AbstractAsyncContextManager[Any]) -> None:
        async with lock:
            pass

    async def wait_in_a_second_loop(name: str, lock: AbstractAsyncContextManager[Any]) -> None:
        selector = Selector()
        loop = asyncio.SelectorEventLoop(selector)
        async with lock:
            thread = threading.Thread(target=lambda: loop.run_until_complete(second(lock)))
            thread.start()
            selector.idle.wait(30)
        thread.join(1)
        seen[f"{name}: waits, though it is free"] = thread.is_alive()
        loop.call_soon_threadsafe(lambda: None)
        thread.join(30)
        loop.close()
        seen[f"{name}: goes on when its loop is woken"] = not thread.is_alive()

    async def hold() -> None:
        async with semaphore:
            await asyncio.sleep(0)

    async def main() -> None:
        await wait_in_a_second_loop("anyio.Lock", anyio.Lock())
        await wait_in_a_second_loop("Semaphore", semaphore)
        try:
            await asyncio.gather(hold(), hold())
            seen["RuntimeError in the first loop"] = False
        except RuntimeError:
            seen["RuntimeError in the first loop"] = True

    asyncio.run(main())
    return saw(seen)


@fact("F5h", "An async client that was used on one loop fails on another one, though no two calls meet.")
def client_of_another_loop() -> Seen:
    """An httpx client: a call on the server's loop, then two by asyncio.run, one after the other."""
    app, log = FastAPI(), list[str]()
    client, waits = httpx.AsyncClient(trust_env=False, timeout=20), threading.Event()

    async def note_that_it_waits(event: str, _: object) -> None:
        """An answer that is there already needs no loop: let it come when the client's loop is free."""
        if event == "http11.receive_response_headers.started":
            asyncio.get_running_loop().call_soon(waits.set)

    async def ask() -> str:
        reply = await client.get(f"{server.url}/ping", extensions={"trace": note_that_it_waits})
        return str(reply.status_code)

    def ask_on_another_loop() -> None:
        waits.clear()
        try:
            log.append(asyncio.run(ask()))
        except RuntimeError as error:
            log.append(type(error).__name__)
        waits.set()

    @app.get("/ping")
    def ping() -> None:
        waits.wait(10)

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        log.append(await ask())
        tasks.add_task(ask_on_another_loop)
        tasks.add_task(ask_on_another_loop)

    with serve(app) as server:
        server.client.get("/")
        server.settle()
    return Seen(log[0] == "200" and "RuntimeError" in log[1:], ", ".join(log))


@fact("F5f", 'Spawn runs the main script anew: a pool that it opens without `__name__ == "__main__"` breaks.')
def main_script() -> Seen:
    """A script that opens a pool, with and without that condition."""
    script = """
import math, multiprocessing
from concurrent.futures import ProcessPoolExecutor
if {condition}:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        print(pool.submit(math.factorial, 3).result())
"""
    folder, seen = Path(tempfile.mkdtemp()), {}
    for condition in ('__name__ == "__main__"', "True"):
        file = folder / "main.py"
        file.write_text(script.format(condition=condition), encoding="utf-8")
        ended = subprocess.run([sys.executable, str(file)], capture_output=True, text=True)
        seen[condition] = ended.stdout.strip() or ended.stderr.strip().splitlines()[-1].partition(":")[0]
    kept, broken = seen.values()
    return Seen(kept == "6" and broken.endswith("BrokenProcessPool"), f"with it: {kept}; without: {broken}")


@fact("F5e", "A pool whose worker was killed is broken for good, idle or at work; a new one works.")
def broken_pool() -> Seen:
    """Jobs before and after one that ends its worker."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as workers:
        outcomes = [_outcome(workers, *job) for job in ((abs, -1), (os._exit, 1), (abs, -1), (abs, -1))]
    others = multiprocessing.active_children()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as workers:
        outcomes.append(_outcome(workers, abs, -1))
        [idle] = [child for child in multiprocessing.active_children() if child not in others]
        idle.terminate()
        idle.join(30)
        outcomes.append(_outcome(workers, abs, -1))
    broken = "BrokenProcessPool"
    return Seen(outcomes == ["1", broken, broken, broken, "1", broken], f"{outcomes}")


def _outcome(workers: ProcessPoolExecutor, function: Callable[[int], object], argument: int) -> str:
    try:
        return str(workers.submit(function, argument).result(30))
    except BrokenProcessPool as error:
        return type(error).__name__


@fact(
    "F5k",
    "The death of a worker that a pool starts later can stay unnoticed until another job comes or ends.",
)
def unwatched_worker() -> Seen:
    """Two workers, each at a job; the second is killed. Now and then it is noticed, so again."""
    rounds = (_second_dies() for _ in range(30))
    missed, told = next((seen for seen in rounds if seen[0]), (False, False))
    return saw({"for seconds nobody noticed": missed, "the next job brought it out": told})


def _second_dies() -> tuple[bool, bool]:
    """Whether its job is still open three seconds after the death, and whether one more job ends it."""
    spawn, others = multiprocessing.get_context("spawn"), multiprocessing.active_children()
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2, mp_context=spawn) as pool:
        gate = FileGate(Path(folder) / "gate")
        jobs = [pool.submit(gate.wait)]
        first = multiprocessing.active_children()
        jobs.append(pool.submit(gate.wait))
        [second] = [child for child in multiprocessing.active_children() if child not in first + others]
        second.kill()
        missed = bool(wait(jobs, timeout=3).not_done)
        with contextlib.suppress(BrokenProcessPool):
            pool.submit(abs, -1)
        ended = wait(jobs, timeout=30).done
        return missed, {type(job.exception()) for job in ended} == {BrokenProcessPool}


@fact(
    "F5i",
    "Ctrl+C and SIGTERM end the job of a pool's worker that they reach, unless the worker ignores them.",
    known=["python; os_name == 'posix'"],
)
def signals_reach_workers() -> Seen:
    """Three workers read a pipe and get a signal; they are in the group of who made them, as at Ctrl+C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what is ignored here, workers would ignore
    pools = {
        "SIGINT": _one_worker(),
        "SIGTERM": _one_worker(),
        "SIGINT, ignored": _one_worker(partial(signal.signal, signal.SIGINT, signal.SIG_IGN)),
    }
    ids = {name: pool.submit(os.getpid) for name, pool in pools.items()}
    outcomes = dict[str, str]()
    with tempfile.TemporaryDirectory() as folder:
        for name, pool in pools.items():
            worker, pipe = ids[name].result(30), Path(folder) / name
            os.mkfifo(pipe)
            job = pool.submit(pipe.read_bytes)
            with pipe.open("wb"):  # from when the job has begun to read; it ends with this
                os.kill(worker, signal.Signals[name.partition(",")[0]])
                group = "" if os.getpgid(worker) == os.getpgrp() else ", another group"
            outcomes[name] = ("lost" if job.exception(30) else "done") + group
            pool.shutdown()
    return Seen(list(outcomes.values()) == ["lost", "lost", "done"], f"{outcomes}")


def _one_worker(begin: Callable[[], object] | None = None) -> ProcessPoolExecutor:
    spawn = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=spawn, initializer=begin)


@fact(
    "F5j",
    "Who waits in anyio.from_thread.run keeps a token: if all tokens are taken so, what runs gets no thread.",
)
def a_token_while_it_waits() -> Seen:
    """One token and two; a thread calls a coroutine that needs a thread."""

    async def ask(seconds: float) -> str:
        with anyio.move_on_after(seconds):
            return str(await run_in_threadpool(abs, -1))
        return "waits"

    async def with_tokens(number: int, seconds: float) -> str:
        anyio.to_thread.current_default_thread_limiter().total_tokens = number
        return await run_in_threadpool(anyio.from_thread.run, ask, seconds)

    seen = asyncio.run(with_tokens(1, 0.1)), asyncio.run(with_tokens(2, 30))
    return Seen(seen == ("waits", "1"), "with one token: {}; with two: {}".format(*seen))


@fact("F5d", "Linux starts processes by fork up to Python 3.13, not later; Windows and macOS by spawn.")
def start_methods() -> Seen:
    """The method that multiprocessing uses when nobody chooses another, which is the first of its list."""
    method = multiprocessing.get_all_start_methods()[0]
    if sys.platform == "linux":
        return Seen((method == "fork") == (sys.version_info < (3, 14)), method)
    return Seen(method == "spawn", method)


@fact(
    "F6",
    "Def endpoints, def dependencies, def tasks and the reading of files share forty threads; what is async "
    "needs none.",
)
def forty_threads() -> Seen:
    """Forty-one tasks are held, and others ask. Cures: more of them, or a limiter of its own."""
    observed = {
        "40 of 45 def tasks ran at once": _held(_default, 40),
        "with more tokens 45": _held(_default, 45, tokens=60),
        "with a limiter of 3 only 3": _held(_own_limiter, 3),
    }
    return saw({**observed, **_starved()})


def _default(work: Callable[[], None]) -> Callable[[], object]:
    return work


def _own_limiter(work: Callable[[], None]) -> Callable[[], Awaitable[object]]:
    limiters = list[anyio.CapacityLimiter]()

    async def task() -> None:
        if not limiters:
            limiters.append(anyio.CapacityLimiter(3))
        await anyio.to_thread.run_sync(work, limiter=limiters[0])

    return task


def _held(
    task_of: Callable[[Callable[[], None]], Callable[[], object]], wanted: int, tokens: int | None = None
) -> bool:
    """Whether so many of 45 tasks run at the same time, and no more."""
    app, gate, inside = FastAPI(), Gate("all may go on"), list[int]()

    def work() -> None:
        inside.append(1)
        gate.wait(20)

    task = task_of(work)

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(task)

    with serve(app, threads=tokens) as server:
        for _ in range(45):
            server.client.get("/")
        for _ in time_for(lambda: len(inside) >= wanted, 15):
            time.sleep(0.005)
        for _ in time_for(lambda: len(inside) > wanted):
            time.sleep(0.005)
        held = len(inside)
        gate.open()
        server.settle(30)
    return held == wanted


def _starved() -> dict[str, bool]:
    """Who is answered while all threads are held."""
    app, gate, log = FastAPI(), Gate("the provider answers"), list[str]()

    def work() -> None:
        gate.wait(20)
        log.append("held")

    def dependency() -> None:
        log.append("def dependency")

    @app.get("/task")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(work)

    @app.get("/async")
    async def is_async() -> None: ...

    @app.get("/def")
    def is_def() -> None:
        log.append("def endpoint")

    @app.get("/dependency", dependencies=[Depends(dependency)])
    async def has_def_dependency() -> None: ...

    @app.get("/file")
    async def file() -> FileResponse:
        return FileResponse(__file__)

    with serve(app, threads=2) as server:
        for _ in range(2):
            server.client.get("/task")
        starving = [server.submit("GET", path) for path in ("/def", "/dependency", "/file")]
        free = server.submit("GET", "/async").result(20).status_code
        _give_it_time(*starving)
        before = [*log, *(request for request in starving if request.done)]
        gate.open()
        server.settle(30)
    return {
        "then async endpoints answered": free == 200,
        "def endpoints, def dependencies and files waited": not before
        and {"def endpoint", "def dependency"} <= set(log),
    }


@fact("B11", "Every TaskManager has threads of its own for its def tasks: one per request multiplies them.")
def threads_of_managers() -> Seen:
    """The threads of one run, and of five runs at once: of one manager, and of five."""

    async def count(managers: int) -> int:
        may_end, started = Gate("they may end"), list[int]()

        def hold() -> None:
            started.append(threading.get_ident())
            may_end.wait(20)

        made = [TaskManager(max_threads=2) for _ in range(managers)]
        for manager in made:
            for name in ("a", "b", "c"):
                manager.add_task(name, hold)
        runs = [asyncio.create_task(manager.run()) for manager in (made * 5)[:5]]
        for _ in range(2000):  # only threads that never come use this up
            if len(started) == 2 * managers:
                break
            await asyncio.sleep(0.001)
        may_end.open()
        await asyncio.gather(*runs)
        return len(set(started))

    one, five = asyncio.run(count(1)), asyncio.run(count(5))
    return Seen((one, five) == (2, 10), f"five runs of one manager: {one} threads; of five managers: {five}")


@fact("F8c", "An httpx client opens at most a hundred connections; other requests wait, up to PoolTimeout.")
def a_hundred_connections() -> Seen:
    """A client asks 110 times, and once more. The server answers nobody until it has counted."""

    async def run() -> tuple[int, str]:
        opened, enough = list[asyncio.StreamWriter](), asyncio.Event()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            opened.append(writer)
            if len(opened) >= 100:
                enough.set()
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while await reader.readuntil(b"\r\n\r\n"):
                    await may_answer.wait()
                    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            writer.close()

        may_answer = asyncio.Event()
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=200)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            requests = [asyncio.ensure_future(client.get(url)) for _ in range(110)]
            await asyncio.wait_for(enough.wait(), 30)
            try:
                await client.get(url, timeout=httpx.Timeout(5, pool=0.05))
                one_more = "answered"
            except httpx.TimeoutException as error:
                one_more = type(error).__name__
            most = len(opened)
            may_answer.set()
            await asyncio.gather(*requests)
        server.close()
        return most, one_more

    seen = asyncio.run(run())
    return Seen(seen == (100, "PoolTimeout"), "connections: {}; one more request: {}".format(*seen))


@fact("F8", "gather hands on the first exception and leaves the others running; TaskGroup calls them off.")
def gather_and_group() -> Seen:
    """One of two fails while the other waits."""
    return asyncio.run(_gather_and_group())


async def _gather_and_group() -> Seen:
    observed, go_on = dict[str, bool](), asyncio.Event()

    async def fail() -> None:
        raise ValueError("failed")

    async def work(log: list[str]) -> str:
        try:
            await go_on.wait()
        except asyncio.CancelledError:
            log.append("cancelled")
            raise
        log.append("finished")
        return "done"

    orphan, called_off = list[str](), list[str]()
    try:
        await asyncio.gather(fail(), work(orphan))
    except ValueError:
        observed["gather raised while the other was running"] = not orphan
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(work(called_off))
            await asyncio.sleep(0)  # it has begun
            group.create_task(fail())
    except* ValueError:
        observed["TaskGroup cancelled it, then raised"] = called_off == ["cancelled"]
    go_on.set()
    results = await asyncio.gather(fail(), work([]), return_exceptions=True)
    observed["what gather left behind finished"] = orphan == ["finished"]
    observed["return_exceptions waited for all"] = isinstance(results[0], ValueError) and results[1] == "done"
    return saw(observed)


@fact(
    "F8b",
    "An async function that awaits what others have cancelled raises CancelledError although nobody cancels "
    "it: `cancelling()` is 0, it is no Exception, and a TaskGroup goes on waiting for the other tasks.",
)
def cancelled_from_within() -> Seen:
    """A task of a group that awaits a task which it cancels itself, beside one that waits for it."""
    return asyncio.run(_cancelled_from_within())


async def _cancelled_from_within() -> Seen:
    observed, done = dict[str, bool](), asyncio.Event()

    async def work() -> None:
        shared = asyncio.create_task(asyncio.sleep(1000))
        await asyncio.sleep(0)  # it has begun
        shared.cancel()
        try:
            await shared
        except asyncio.CancelledError as error:
            me = asyncio.current_task()
            observed["cancelling() was 0"] = me is not None and not me.cancelling()
            observed["no Exception"] = not isinstance(error, Exception)
            raise
        done.set()

    async def behind() -> None:
        await done.wait()

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            first, second = group.create_task(work()), group.create_task(behind())
            await asyncio.wait([first])
            for _ in range(10):  # turns of the loop, in which the group could call the second one off
                await asyncio.sleep(0)
            observed["the first ended, the second waits"] = first.cancelled() and not second.done()
            done.set()

    await both()
    return saw(observed)


@fact(
    "F8e",
    "Who is cancelled again while its tasks clean up has none at work in the end with a TaskGroup or "
    "`gather(..., return_exceptions=True)`; asyncio.wait ends at once and leaves them.",
)
def cancelled_again() -> Seen:
    """A task that needs some turns of the loop to clean up, beside three ways to wait for it."""
    return asyncio.run(_cancelled_again())


async def _cancelled_again() -> Seen:
    left = dict[str, int]()
    working = 0

    async def work() -> None:
        nonlocal working
        working += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            for _ in range(10):  # turns of the loop
                await asyncio.sleep(0)
            raise
        finally:
            working -= 1

    async def group() -> None:
        async with asyncio.TaskGroup() as members:
            members.create_task(work())

    async def gather() -> None:
        task = asyncio.create_task(work())
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def wait() -> None:
        task = asyncio.create_task(work())
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
            await asyncio.wait([task])

    for waits in (group, gather, wait):
        working = 0
        waiter = asyncio.create_task(waits())
        for _ in range(2):
            for _ in range(3):  # it has begun, or cleans up
                await asyncio.sleep(0)
            waiter.cancel()
        await asyncio.wait([waiter])
        left[waits.__name__] = working
    return Seen(
        left == {"group": 0, "gather": 0, "wait": 1},
        "at work in the end: {group} with a TaskGroup, {gather} with gather, {wait} with wait".format(**left),
    )


@fact(
    "F8d",
    "A waiter that is cancelled cancels the task it awaits, waits for its end and raises what that raises "
    "(if the task swallows it, the waiter goes on); shield and asyncio.wait leave the task at work.",
)
def cancelled_while_it_awaits() -> Seen:
    """A task that cleans up when it is cancelled, and fails: awaited in three ways."""
    return asyncio.run(_cancelled_while_it_awaits())


async def _cancelled_while_it_awaits() -> Seen:
    observed = dict[str, bool]()

    async def plainly(task: asyncio.Task[None]) -> None:
        await task

    async def with_shield(task: asyncio.Task[None]) -> None:
        await asyncio.shield(task)

    async def with_wait(task: asyncio.Task[None]) -> None:
        await asyncio.wait([task])

    for awaits in (plainly, with_shield, with_wait):
        log, cleaned_up, error = list[str](), asyncio.Event(), OSError("the file is not closed")

        async def work(
            log: list[str] = log, cleaned_up: asyncio.Event = cleaned_up, error: Exception = error
        ) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                log.append("cancelled")
                await cleaned_up.wait()
                raise error

        worker = asyncio.create_task(work())
        waiter = asyncio.create_task(awaits(worker))
        await asyncio.sleep(0)  # both have begun
        waiter.cancel()
        for _ in range(10):  # turns of the loop, in which the waiter could end
            await asyncio.sleep(0)
        if awaits is plainly:
            observed["await cancelled it"] = log == ["cancelled"]
            observed["await waited for its end"] = not waiter.done()
        else:
            observed[f"{awaits.__name__} left it at work"] = waiter.cancelled() and not log
            worker.cancel()
        cleaned_up.set()
        ends = await asyncio.gather(worker, waiter, return_exceptions=True)
        if awaits is plainly:
            observed["await raised what it raised"] = all(end is error for end in ends)
    worker = asyncio.create_task(_swallows_its_cancellation())
    waiter = asyncio.create_task(plainly(worker))
    await asyncio.sleep(0)
    waiter.cancel()
    await asyncio.wait([waiter])
    observed["who awaited one that swallowed it went on"] = not waiter.cancelled() and not worker.cancelled()
    return saw(observed)


async def _swallows_its_cancellation() -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.Event().wait()


@fact("B3", "What the endpoint calls runs in the request, on the event loop; a chain in one task does not.")
def called_in_the_endpoint() -> Seen:
    """``cleaned = process_data(raw)`` beside one task that does both steps."""
    app, log = FastAPI(), list[str]()
    loops = dict[str, int]()

    def process_data(where: str) -> str:
        here = "the loop" if threading.get_ident() == loops["loop"] else "a thread"
        log.append(f"{where}: processed by {here}")
        return where

    def save(where: str) -> None:
        log.append(f"{where}: saved")

    def process_and_save(where: str) -> None:
        save(process_data(where))

    @app.get("/split")
    async def split(tasks: BackgroundTasks) -> None:
        loops["loop"] = threading.get_ident()
        tasks.add_task(save, process_data("split"))

    @app.get("/chain")
    async def chain(tasks: BackgroundTasks) -> None:
        tasks.add_task(process_and_save, "chain")

    with serve(NotedResponse(app, log)) as server:
        for path in ("/split", "/chain"):
            server.client.get(path)
            server.settle()
    split_log = ("split: processed by the loop", "response", "split: saved")
    return in_order(log, *split_log, "response", "chain: processed by a thread", "chain: saved")
