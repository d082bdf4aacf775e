"""Under a real uvicorn."""

import threading
from typing import Annotated

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI

from course.live import serve
from course.tasks import BadOption, CycleError, Start, TaskManager, guarded


def test_the_response_leaves_before_the_first_task_starts():
    manager = TaskManager()
    go, done = threading.Event(), threading.Event()
    manager.add_task("wait", lambda: go.wait(10) and None)
    manager.add_task("end", lambda wait: done.set(), ["wait"])
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(background_tasks: BackgroundTasks) -> dict[str, bool]:
        background_tasks.add_task(manager.run)
        return {"accepted": True}

    with serve(app) as server:
        assert server.client.post("/orders").status_code == 202
        assert not done.is_set()
        go.set()
        server.settle()
        assert done.is_set()
        assert server.errors == []


def test_endpoints_keep_answering_while_200_sync_tasks_run():
    manager = TaskManager()
    go = threading.Event()
    for i in range(200):
        manager.add_task(f"task {i}", lambda: go.wait(10) and None)
    reports = []
    manager._on_report = reports.append
    app = FastAPI()

    @app.post("/many", status_code=202)
    async def many(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(manager.run)

    @app.get("/sync")
    def sync() -> str:
        return "def"

    @app.get("/async")
    async def async_() -> str:
        return "async def"

    with serve(app) as server:
        for _ in range(5):  # 1,000 tasks: more than there are threads of either kind
            server.client.post("/many")
        for _ in range(10):
            assert server.client.get("/sync").json() == "def"
            assert server.client.get("/async").json() == "async def"
        assert not reports
        go.set()
        server.settle()
    assert [report.ok for report in reports] == [True] * 5


def test_a_failing_graph_does_not_close_the_connection():
    started, release = threading.Event(), threading.Event()
    manager = TaskManager()

    def fail():
        assert started.wait(10)  # the next request on this connection is being handled
        release.set()
        raise ValueError

    manager.add_task("fail", fail)
    broken = TaskManager()
    broken.add_task("a", fail, ["nowhere"])
    after = []
    app = FastAPI()

    @app.get("/leave")
    async def leave(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(broken.run)
        background_tasks.add_task(manager.run)
        background_tasks.add_task(guarded(after.append), 1)

    @app.get("/next")
    def next_() -> str:
        started.set()
        release.wait(10)
        return "here"

    with serve(app) as server:
        server.client.get("/leave")
        assert server.client.get("/next").json() == "here"
        server.settle()
        assert server.errors == []
    assert after == [1]


def test_the_dependency_checks_the_graph_at_start_up_and_the_inputs_before_the_response():
    results = []
    manager = TaskManager(inputs=["order_id"], on_report=lambda report: results.append(report.results))
    manager.add_task("load", lambda order_id: order_id + 1, ["order_id"])
    app = FastAPI()

    @app.post("/orders/{order_id}", status_code=202)
    def order(order_id: int, start: Annotated[Start, Depends(manager.depends())]) -> str:
        with pytest.raises(BadOption, match="'order_id'"):
            start()
        with pytest.raises(BadOption, match="'nothing'"):
            start(order_id=order_id, keep=["nothing"])
        start(order_id=order_id)
        return "accepted"

    with serve(app) as server:
        assert server.client.post("/orders/7").json() == "accepted"
        server.settle()
        assert server.client.get("/openapi.json").json()["paths"]["/orders/{order_id}"]["post"][
            "parameters"
        ] == [
            {
                "name": "order_id",
                "in": "path",
                "required": True,
                "schema": {"type": "integer", "title": "Order Id"},
            }
        ]
    assert results == [{"load": 8}]

    manager.add_task("a", lambda: None, ["b"])
    manager.add_task("b", lambda: None, ["a"])
    with pytest.raises(CycleError):
        manager.depends()
