"""What looks at an app from outside: spans in a list, metrics, and an error reporter."""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class Spans:
    """A tracer provider for ``FastAPI(telemetry={"tracer_provider": spans.provider})``."""

    def __init__(self) -> None:
        self.provider = TracerProvider()
        self._exporter = InMemorySpanExporter()
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))

    @property
    def finished(self) -> list[ReadableSpan]:
        """The spans that have ended, in that order."""
        return list(self._exporter.get_finished_spans())

    def clear(self) -> None:
        """Forget the spans that have ended."""
        self._exporter.clear()


class Watch(logging.Handler):
    """Spans and metrics of an app, and the two places where an error reporter such as Sentry listens.

    ``telemetry`` is what ``FastAPI(telemetry=...)`` takes, ``failures`` a counter of your own, and
    ``around(app)`` the app with a reporter around it. In a ``with`` block it hears each error that is logged.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._spans = Spans()
        self._reader = InMemoryMetricReader()
        metrics = MeterProvider([self._reader], shutdown_on_exit=False)
        self.telemetry: Any = {"tracer_provider": self._spans.provider, "meter_provider": metrics}
        self.failures = metrics.get_meter("shop").create_counter("tasks.failed")
        self._raised: list[str] = []
        self._logged: list[str] = []

    def around(self, app: App) -> App:
        """The app, and who sees the exceptions that leave it."""

        async def reported(scope: Message, receive: Receive, send: Send) -> None:
            try:
                await app(scope, receive, send)
            except Exception as error:
                self._raised.append(type(error).__name__)
                raise

        return reported

    def emit(self, record: logging.LogRecord) -> None:
        """Hear of an error that was logged."""
        error = record.exc_info[1] if record.exc_info else None
        self._logged.append(type(error).__name__ if error else "a text")

    def __enter__(self) -> "Watch":
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *exc_info: object) -> None:
        logging.getLogger().removeHandler(self)

    def heard(self) -> dict[str, Any]:
        """Who has heard of a failure, and what."""
        tasks = [span for span in self._spans.finished if span.name == "fastapi.background_task"]
        points = {
            metric.name: list(metric.data.data_points)
            for resource in getattr(self._reader.get_metrics_data(), "resource_metrics", ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }
        requests = [dict(point.attributes or {}) for point in points["http.server.request.duration"]]
        return {
            "request": requests[0].get("error.type", requests[0]["http.response.status_code"]),
            "span": (tasks[0].attributes or {}).get("error.type"),
            "around": ", ".join(self._raised) or None,
            "log": ", ".join(self._logged) or None,
            "counter": sum(getattr(point, "value", 0) for point in points.get("tasks.failed", ())),
        }
