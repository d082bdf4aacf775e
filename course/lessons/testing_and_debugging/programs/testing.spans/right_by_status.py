from collections import defaultdict

from opentelemetry.trace import StatusCode


def failed_tasks(spans):
    traces = defaultdict(list)
    for span in spans:
        traces[span.context.trace_id].append(span)
    found = set()
    for trace in traces.values():
        root = next(span.name for span in trace if not span.parent)
        for span in trace:
            if span.name == "fastapi.background_task" and span.status.status_code is StatusCode.ERROR:
                name = span.attributes["code.function.name"].split(".")[-1]
                found.add((name, root, span.attributes["error.type"]))
    return found
