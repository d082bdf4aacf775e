from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class Trace:
    name: str = ""
    failed: list = field(default_factory=list)


def failed_tasks(spans):
    traces = defaultdict(Trace)
    order = []
    for span in spans:
        trace = traces[span.get_span_context().trace_id]
        if span.parent is None:
            trace.name = span.name
        elif span.name == "fastapi.background_task" and span.attributes.get("error.type") is not None:
            order.append(
                (
                    span.attributes["code.function.name"].rpartition(".")[2],
                    trace,
                    span.attributes["error.type"],
                )
            )
    return [(f, t.name, e) for f, t, e in order]
