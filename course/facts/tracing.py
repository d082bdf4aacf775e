"""What FastAPI tells OpenTelemetry about tasks."""

from __future__ import annotations

import asyncio

from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from starlette.background import BackgroundTask

from course.facts import Seen, fact


@fact(
    "F60",
    "The request's span ends with its response, and each injected task has a span of its own, with its "
    "error; a task of Response(background=...) has none.",
    known=["fastapi>=0.142"],
)
def spans() -> Seen:
    """The spans of a request with two tasks, one of which fails, and of one with Starlette's task."""
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app = FastAPI(telemetry={"tracer_provider": provider})

    async def work() -> None:
        await asyncio.sleep(0.01)

    def fail() -> None:
        raise ValueError("task")

    @app.get("/injected")
    async def injected(tasks: BackgroundTasks) -> None:
        tasks.add_task(work)
        tasks.add_task(fail)

    @app.get("/attached")
    async def attached() -> JSONResponse:
        return JSONResponse(None, background=BackgroundTask(work))

    client = TestClient(app, raise_server_exceptions=False)
    client.get("/injected")
    finished = exporter.get_finished_spans()
    tasks = [span for span in finished if span.name == "fastapi.background_task"]
    (request,) = (span for span in finished if span.name.startswith("GET"))
    exporter.clear()
    client.get("/attached")
    of_starlette = [span for span in exporter.get_finished_spans() if span.name == "fastapi.background_task"]

    ends = [span.end_time or 0 for span in tasks]
    after = len(tasks) == 2 and (request.end_time or 0) <= min(span.start_time or 0 for span in tasks)
    errors = [span.status.status_code.name for span in tasks]
    return Seen(
        after
        and ends == sorted(ends)
        and errors[-1:] == ["ERROR"]
        and "ERROR" not in errors[:1]
        and not of_starlette,
        f"{len(tasks)} task spans, begun after the request's end: {after}; states {errors}; "
        f"of Starlette's task: {len(of_starlette)}",
    )
