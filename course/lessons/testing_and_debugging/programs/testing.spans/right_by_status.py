from collections import defaultdict

from opentelemetry.trace import StatusCode


def failed_tasks(spans):
    traces = defaultdict(list)
    for span in spans:
        traces[span.context.trace_id].append(span)
    found = []
    for span in spans:
        if span.name == "fastapi.background_task" and span.status.status_code is StatusCode.ERROR:
            root = next(each.name for each in traces[span.context.trace_id] if not each.parent)
            name = span.attributes["code.function.name"].split(".")[-1]
            found.append((name, root, span.attributes["error.type"]))
    return found
