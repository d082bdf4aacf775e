"""Starting, asking, settling, stopping."""

import asyncio
import gc
import inspect
import threading
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio.to_thread
import httpx
import pytest
from fastapi import BackgroundTasks, FastAPI, Request
from starlette.background import BackgroundTask

from course.live import AnswerTimeout, Gate, LiveError, ServerFailed, SettleTimeout, mark, serve
from course.live import server as server_module
from tests.live.conftest import new_threads


def hello() -> FastAPI:
    app = FastAPI()

    @app.get("/")
    async def index() -> str:
        return "hello"

    @app.get("/boom")
    async def boom() -> None:
        raise ValueError("boom")

    return app


def failing_app(error: BaseException) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        raise error
        yield

    return FastAPI(lifespan=lifespan)


def bench_threads() -> list[str]:
    return [t.name for t in new_threads() if t.name == "bench server" or "AnyIO" in t.name]


def test_serves_while_the_block_runs_and_stops_after_it() -> None:
    with serve(hello()) as server:
        assert server.running
        assert server.client.get("/").json() == "hello"
        assert repr(server) == "Server(running)"
    assert not server.running
    assert repr(server) == "Server(stopped)"
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url, trust_env=False)
    server.stop()


def test_a_stopped_server_says_so() -> None:
    with serve(hello()) as server:
        pass
    with pytest.raises(LiveError, match=r"has stopped\. Start one with serve"):
        server.new_client()
    with pytest.raises(LiveError, match="has stopped"):
        server.submit("GET", "/")


def test_stops_when_the_block_fails() -> None:
    server = serve(hello())
    with pytest.raises(ZeroDivisionError), server:
        server.client.get(f"/{1 // 0}")
    assert not server.running
    assert not bench_threads()


def test_an_interrupt_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(server_module.Server, "_wait_until_ready", interrupted)
    with pytest.raises(KeyboardInterrupt):
        serve(hello())
    assert not bench_threads()


def test_binding_the_name_again_stops_the_old_server() -> None:
    server = serve(hello())
    old = server.url
    server.client.get("/")
    server = serve(hello())
    with pytest.raises(httpx.ConnectError):
        httpx.get(old, trust_env=False)
    assert server.client.get("/").json() == "hello"
    server.stop()
    assert not bench_threads()


def test_two_servers_at_once_keep_apart() -> None:
    with serve(hello()) as one, serve(hello()) as two:
        one.client.get("/boom")
        two.client.get("/")
        one.settle()
        assert [str(e) for e in one.errors] == ["boom"]
        assert two.errors == []
        assert two.log == ['INFO: "GET / HTTP/1.1" 200']
        assert len(one.timeline.requests) == len(two.timeline.requests) == 1
        one.client.get(two.url)
        two.settle()
        assert [r.lane for r in two.timeline.requests] == ["client", "another client"]


@pytest.mark.parametrize("error", [RuntimeError("no database"), ValueError("bad url")])
def test_a_failing_lifespan_is_explained(error: Exception) -> None:
    with pytest.raises(
        ServerFailed, match=rf"its lifespan raised {type(error).__name__}: {error}\."
    ) as caught:
        serve(failing_app(error))
    assert caught.value.__cause__ is error
    assert not bench_threads()


def test_a_lifespan_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await asyncio.Event().wait()
        yield

    monkeypatch.setattr(server_module, "_START", 0.1)
    with pytest.raises(ServerFailed, match=r"not ready after 0\.1 s"):
        serve(FastAPI(lifespan=lifespan))
    assert not bench_threads()


def test_lifespan_runs_to_its_end_and_may_mark() -> None:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        mark("up")
        yield
        mark("down")

    with serve(FastAPI(lifespan=lifespan)) as server:
        pass
    assert str(server.timeline) == "lifespan\n  - up\n  - down"


@pytest.mark.parametrize(
    ("app", "message"),
    [("app", "got 'app'"), (None, "got None"), (lambda: hello(), r"try serve\(<lambda>\(\)\)")],
)
def test_what_is_no_app_is_refused(app: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        serve(app)


def test_options_are_checked() -> None:
    with pytest.raises(ValueError, match="pulse"):
        serve(hello(), pulse=0)
    with pytest.raises(ValueError, match="threads"):
        serve(hello(), threads=0)


def test_threads_limits_the_worker_threads() -> None:
    app = FastAPI()

    @app.get("/")
    async def index() -> float:
        return anyio.to_thread.current_default_thread_limiter().total_tokens

    with serve(app, threads=3) as server:
        assert server.client.get("/").json() == 3


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with serve(hello()) as server:
        assert server.client.get("/").status_code == 200


def test_the_app_sees_no_trace_of_the_bench() -> None:
    app = FastAPI()

    @app.get("/")
    async def index(request: Request) -> list[str]:
        return sorted(request.headers)

    with serve(app) as server:
        assert server.client.get("/").json() == [
            "accept",
            "accept-encoding",
            "connection",
            "host",
            "user-agent",
        ]


def test_submit_sends_on_connections_of_their_own() -> None:
    app, gate = FastAPI(), Gate("both are here")
    here: list[int] = []

    @app.get("/wait")
    async def wait(request: Request) -> None:
        assert request.client is not None
        here.append(request.client.port)
        if len(here) == 2:
            gate.open()
        await gate.wait_async()

    with serve(app) as server:
        one, two = server.submit("GET", "/wait"), server.submit("get", "/wait")
        assert repr(one) == "Pending('GET /wait')"
        assert one.result().status_code == two.result().status_code == 200
        assert one.done
        server.settle()
        assert len(set(here)) == 2
        assert [r.lane for r in server.timeline.requests] == ["client 1", "client 2"]


def test_pending_hands_on_errors_and_does_not_wait_forever() -> None:
    app, gate = FastAPI(), Gate("hold")

    @app.get("/")
    async def index() -> None:
        await gate.wait_async()

    with serve(app) as server:
        pending = server.submit("GET", "/")
        with pytest.raises(AnswerTimeout, match="GET / has no answer after 0 s"):
            pending.result(timeout=0)
        gate.open()
        assert pending.result().status_code == 200
        with pytest.raises(httpx.UnsupportedProtocol):
            server.submit("GET", "nonsense://x").result()


def test_settle_waits_for_the_last_task_and_names_what_runs() -> None:
    app, gate = FastAPI(), Gate("hold")

    async def slow() -> None:
        await gate.wait_async()

    @app.post("/job")
    async def job(tasks: BackgroundTasks) -> None:
        tasks.add_task(slow)

    @app.get("/hold")
    async def hold() -> None:
        await gate.wait_async()

    with serve(app) as server:
        server.client.post("/job")
        pending = server.submit("GET", "/hold")
        with pytest.raises(
            SettleTimeout, match=r"After 0\.05 s these were still running: slow#1, GET /hold#1\."
        ):
            server.settle(timeout=0.05)
        gate.open()
        server.settle()
        assert pending.done
        assert [task.outcome for task in server.timeline.tasks] == ["done"]


def test_settle_says_that_the_server_died() -> None:
    app, gate = FastAPI(), Gate("never")

    async def leave() -> None:
        raise SystemExit(3)

    @app.get("/")
    async def index() -> None:
        index.task = asyncio.create_task(leave())  # type: ignore[attr-defined]
        await gate.wait_async()

    with serve(app) as server:
        pending = server.submit("GET", "/")
        pending._over.wait(10)
        server._recorder.begin("task", 1)
        with pytest.raises(ServerFailed, match="ended by itself: SystemExit: 3"):
            server.settle()
        assert not server.running


def test_errors_tracebacks_and_log() -> None:
    app = FastAPI()

    def fail() -> None:
        raise ValueError("smtp is down")

    @app.post("/register", status_code=201)
    async def register(tasks: BackgroundTasks) -> None:
        tasks.add_task(fail)

    with serve(app) as server:
        server.client.post("/register")
        server.settle()
    (error,) = server.errors
    assert str(error) == "smtp is down"
    assert error.__traceback__ is None
    (told,) = server.tracebacks
    assert told.stack[-1].name == "fail"
    assert server.log == [
        'INFO: "POST /register HTTP/1.1" 201',
        "ERROR: Exception in ASGI application: ValueError: smtp is down",
    ]


def test_the_next_request_after_a_500_finds_the_server() -> None:
    with serve(hello()) as server:
        for _ in range(20):
            assert server.client.get("/boom").status_code == 500
            assert server.client.get("/").status_code == 200


def test_nothing_of_the_server_goes_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    app = FastAPI()

    async def lost() -> None:
        raise AssertionError("never runs")

    async def alone() -> None:
        raise ValueError("nobody waits for me")

    @app.get("/")
    async def index(tasks: BackgroundTasks) -> None:
        task = asyncio.create_task(alone())
        await asyncio.sleep(0)
        del task
        tasks.add_task(lambda: lost())
        tasks.add_task(threading.Thread(target=lambda: 1 / 0).start)
        tasks.add_task(warnings.warn, "old", DeprecationWarning)
        tasks.add_task(lost())

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        with serve(app) as server:
            server.client.get("/")
            server.settle()
    gc.collect()
    assert capfd.readouterr().err == ""
    log = "\n".join(server.log)
    assert (
        "RuntimeWarning: coroutine 'test_nothing_of_the_server_goes_to_stderr.<locals>.lost' was never" in log
    )
    assert "ERROR: Task exception was never retrieved: ValueError: nobody waits for me" in log
    assert "ERROR: Exception in thread: ZeroDivisionError" in log
    assert "DeprecationWarning: old" in log
    assert "TypeError: the first argument must be callable" in log


def test_hooks_are_gone_after_the_last_server_and_hide_no_source() -> None:
    before = (BackgroundTask.__call__, anyio.to_thread.run_sync, threading.Thread.start, warnings.showwarning)
    with serve(hello()):
        with serve(hello()):
            assert BackgroundTask.__call__ is not before[0]
            assert "await run_in_threadpool(self.func" in inspect.getsource(BackgroundTask.__call__)
        assert BackgroundTask.__call__ is not before[0]
    after = (BackgroundTask.__call__, anyio.to_thread.run_sync, threading.Thread.start, warnings.showwarning)
    assert after == before


def test_clear_begins_a_new_timeline() -> None:
    with serve(hello()) as server:
        server.client.get("/boom")
        server.settle()
        server.clear()
        server.client.get("/")
        server.settle()
        assert [r.name for r in server.timeline.requests] == ["GET /#1"]
        assert server.errors == []
        assert server.log == ['INFO: "GET / HTTP/1.1" 200']


def test_streaming_and_leaving_early() -> None:
    from fastapi.responses import StreamingResponse

    app = FastAPI()

    @app.get("/")
    async def index() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            for _ in range(3):
                yield b"x" * 1000

        return StreamingResponse(parts())

    with serve(app) as server:
        with server.client.stream("GET", "/") as response:
            response.read()
        with server.client.stream("GET", "/"):
            pass
        server.settle()
        one, two = server.timeline.requests
        assert one.reply is not None
        assert two.reply is None
        assert two.left is not None


def test_cycles_leave_no_thread_no_socket_and_no_memory() -> None:
    app = FastAPI()

    @app.get("/")
    async def index(tasks: BackgroundTasks) -> None:
        tasks.add_task(print, end="")
        tasks.add_task(asyncio.sleep, 0)

    def cycle() -> None:
        with serve(app, pulse=0.01) as server:
            server.client.get("/")
            server.submit("GET", "/").result()
            server.settle()

    def size() -> tuple[set[threading.Thread], int, int]:
        for thread in new_threads():
            thread.join(20)  # one that is about to end
        gc.collect()
        files = Path("/proc/self/fd")
        sockets = len(list(files.iterdir())) if files.is_dir() else 0
        return new_threads(), sockets, len(gc.get_objects())  # one of an earlier test may end meanwhile

    for _ in range(10):
        cycle()
    threads, files, objects = size()
    assert not threads
    for _ in range(100):
        cycle()
    assert size()[:2] == (set(), files)
    assert size()[2] - objects < 1000
