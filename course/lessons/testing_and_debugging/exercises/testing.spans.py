# %% starter
def failed_tasks(spans):
    """For each task that failed: (its function's name, the request's span's name, the error's type)."""
    return [____ for span in spans if span.name == "fastapi.background_task"]


# %% right reference
def failed_tasks(spans):
    """For each task that failed: (its function's name, the request's span's name, the error's type)."""
    requests = {span.context.trace_id: span.name for span in spans if span.parent is None}
    return [
        (
            span.attributes["code.function.name"].rpartition(".")[2],
            requests[span.context.trace_id],
            span.attributes["error.type"],
        )
        for span in spans
        if span.name == "fastapi.background_task" and "error.type" in span.attributes
    ]


# %% right by_parent
def failed_tasks(spans):
    by_id = {span.get_span_context().span_id: span for span in spans}

    def root(span):
        while span.parent is not None:
            span = by_id[span.parent.span_id]
        return span

    found = set()
    for span in spans:
        if span.name == "fastapi.background_task" and not span.status.is_ok and not span.status.is_unset:
            name = span.attributes["code.function.name"].split(".")[-1]
            found.add((name, root(span).name, span.attributes["error.type"]))
    return found


# %% right by_status
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


# %% right generator
def failed_tasks(spans):
    for task in spans:
        if task.name != "fastapi.background_task":
            continue
        match dict(task.attributes):
            case {"code.function.name": function, "error.type": error}:
                for request in spans:
                    if request.kind.name == "SERVER" and request.context.trace_id == task.context.trace_id:
                        method = request.attributes["http.request.method"]
                        yield [
                            function.rsplit(".", 1)[-1],
                            f"{method} {request.attributes['http.route']}",
                            error,
                        ]


# %% wrong any_error gets endpoints-too
def failed_tasks(spans):
    requests = {span.context.trace_id: span.name for span in spans if span.parent is None}
    return [
        (
            s.attributes["code.function.name"].split(".")[-1],
            requests[s.context.trace_id],
            s.attributes["error.type"],
        )
        for s in spans
        if s.attributes.get("error.type") and "code.function.name" in s.attributes
    ]


# %% wrong full_name gets long-name
def failed_tasks(spans):
    requests = {span.context.trace_id: span.name for span in spans if span.parent is None}
    return [
        (s.attributes["code.function.name"], requests[s.context.trace_id], s.attributes["error.type"])
        for s in spans
        if s.name == "fastapi.background_task" and "error.type" in s.attributes
    ]


# %% wrong events gets missed
def failed_tasks(spans):
    return [
        (s.attributes["code.function.name"].split(".")[-1], "", event.attributes["exception.type"])
        for s in spans
        if s.name == "fastapi.background_task"
        for event in s.events
    ]


# %% wrong one_per_name gets missed
def failed_tasks(spans):
    requests = {span.context.trace_id: span.name for span in spans if span.parent is None}
    by_name = {}
    for s in spans:
        if s.name == "fastapi.background_task" and "error.type" in s.attributes:
            by_name[s.attributes["code.function.name"]] = s
    return [
        (name.split(".")[-1], requests[s.context.trace_id], s.attributes["error.type"])
        for name, s in by_name.items()
    ]


# %% wrong never_empty gets not-empty
def failed_tasks(spans):
    found = [s for s in spans if s.name == "fastapi.background_task" and "error.type" in s.attributes]
    return found or "nothing failed"


# %% wrong message gets something-else
def failed_tasks(spans):
    requests = {span.context.trace_id: span.name for span in spans if span.parent is None}
    return [
        (
            s.attributes["code.function.name"].split(".")[-1],
            requests[s.context.trace_id],
            s.status.status_code.name,
        )
        for s in spans
        if s.name == "fastapi.background_task" and "error.type" in s.attributes
    ]


# %% wrong all_tasks gets succeeded-too
def failed_tasks(spans):
    requests = {span.context.trace_id: span.name for span in spans if span.parent is None}
    return [
        (
            s.attributes["code.function.name"].split(".")[-1],
            requests[s.context.trace_id],
            s.attributes.get("error.type", ""),
        )
        for s in spans
        if s.name == "fastapi.background_task"
    ]


# %% wrong last_request gets wrong-request
def failed_tasks(spans):
    found, request = [], "POST /orders/{number}"
    for s in spans:
        if s.parent is None:
            request = s.name
        elif s.name == "fastapi.background_task" and "error.type" in s.attributes:
            found.append(
                (s.attributes["code.function.name"].split(".")[-1], request, s.attributes["error.type"])
            )
    return found


# %% wrong names_only gets wrong-shape
def failed_tasks(spans):
    return [
        s.attributes["code.function.name"]
        for s in spans
        if "error.type" in s.attributes and "code.function.name" in s.attributes
    ]
