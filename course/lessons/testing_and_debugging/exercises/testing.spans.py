# %% starter
def failed_tasks(spans):
    """For each task that failed: (its function's name, the request's span's name, the error's type)."""
    return [____ for span in spans if span.name == "fastapi.background_task"]


# %% right reference
def failed_tasks(spans):
    """For each task that failed: (its function's name, the request's span's name, the error's type)."""
    # right as long as no client has sent a traceparent
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

    found = []
    for span in spans:
        if span.name == "fastapi.background_task" and not span.status.is_ok and not span.status.is_unset:
            name = span.attributes["code.function.name"].split(".")[-1]
            found.append((name, root(span).name, span.attributes["error.type"]))
    return found


# %% right by_status
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
                        yield (
                            function.rsplit(".", 1)[-1],
                            f"{method} {request.attributes['http.route']}",
                            error,
                        )


# %% right groups
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


# %% right named
def failed_tasks(spans):
    requests = {span.context.trace_id: span.name for span in spans if span.parent is None}
    from collections import namedtuple

    Failed = namedtuple("Failed", "function request error")
    return [
        Failed(*each)
        for each in [
            (
                span.attributes["code.function.name"].rpartition(".")[2],
                requests[span.context.trace_id],
                span.attributes["error.type"],
            )
            for span in spans
            if span.name == "fastapi.background_task" and "error.type" in span.attributes
        ]
    ]


# %% right remembered
def failed_tasks(spans):
    """One pass: what fails before its request has ended waits for it in a list of its own."""
    requests, failed = {}, []
    for span in spans:
        trace = span.context.trace_id
        if span.parent is None:
            requests[trace] = span.name
        if span.name == "fastapi.background_task" and "error.type" in span.attributes:
            name = span.attributes["code.function.name"].rsplit(".", maxsplit=1)[-1]
            failed.append((name, trace, span.attributes["error.type"]))
    return [(name, requests[trace], error) for name, trace, error in failed]


# %% wrong one_pass gets no-request breaks request
def failed_tasks(spans):
    requests, found = {}, []
    for span in spans:
        if span.parent is None:
            requests[span.context.trace_id] = span.name
        elif (
            span.context.trace_id in requests
            and "error.type" in span.attributes
            and span.name == "fastapi.background_task"
        ):
            found.append(
                (
                    span.attributes["code.function.name"].rpartition(".")[2],
                    requests[span.context.trace_id],
                    span.attributes["error.type"],
                )
            )
    return found


# %% wrong one_pass_strict gets no-request breaks request
def failed_tasks(spans):
    requests, found = {}, []
    for span in spans:
        if span.parent is None:
            requests[span.context.trace_id] = span.name
        elif span.name == "fastapi.background_task" and "error.type" in span.attributes:
            name = span.attributes["code.function.name"].rpartition(".")[2]
            found.append((name, requests[span.context.trace_id], span.attributes["error.type"]))
    return found


# %% wrong nearest_parent gets span-within breaks request
def failed_tasks(spans):
    by_id = {span.context.span_id: span for span in spans}
    return [
        (
            span.attributes["code.function.name"].rpartition(".")[2],
            by_id[span.parent.span_id].name,
            span.attributes["error.type"],
        )
        for span in spans
        if span.name == "fastapi.background_task" and "error.type" in span.attributes
    ]


# %% wrong posts_only gets request-left-out breaks request
def failed_tasks(spans):
    requests = {span.context.trace_id: span.name for span in spans if span.name.startswith("POST ")}
    return [
        (
            span.attributes["code.function.name"].rpartition(".")[2],
            requests[span.context.trace_id],
            span.attributes["error.type"],
        )
        for span in spans
        if span.name == "fastapi.background_task" and "error.type" in span.attributes
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


# %% wrong full_name gets long-name breaks function
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


# %% wrong one_per_request gets not-repeated breaks failed
def failed_tasks(spans):
    roots = {s.context.trace_id: s.name for s in spans if s.parent is None}
    found = {
        s.context.trace_id: (
            s.attributes["code.function.name"].rpartition(".")[2],
            roots[s.context.trace_id],
            s.attributes["error.type"],
        )
        for s in spans
        if s.name == "fastapi.background_task" and "error.type" in s.attributes
    }
    return list(found.values())


# %% wrong set gets not-repeated breaks failed
def failed_tasks(spans):
    roots = {s.context.trace_id: s.name for s in spans if s.parent is None}
    return list(
        {
            (
                s.attributes["code.function.name"].rpartition(".")[2],
                roots[s.context.trace_id],
                s.attributes["error.type"],
            )
            for s in spans
            if s.name == "fastapi.background_task" and "error.type" in s.attributes
        }
    )


# %% wrong never_empty gets not-empty breaks sequence
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


# %% wrong function_split gets something-else breaks function
def failed_tasks(spans):
    requests = {span.context.trace_id: span.name for span in spans if span.parent is None}
    return [
        (
            span.attributes["code.function.name"].partition(".")[0],
            requests[span.context.trace_id],
            span.attributes["error.type"],
        )
        for span in spans
        if span.name == "fastapi.background_task" and "error.type" in span.attributes
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


# %% wrong parents_only gets wrong-request breaks request
def failed_tasks(spans):
    requests = {span.context.trace_id: span.name for span in spans if span.parent is None}
    return [
        (
            span.attributes["code.function.name"].rpartition(".")[2],
            max((r for r in spans if r.parent is None), key=lambda r: r.end_time).name,
            span.attributes["error.type"],
        )
        for span in spans
        if span.name == "fastapi.background_task" and "error.type" in span.attributes
    ]


# %% wrong names_only gets wrong-shape
def failed_tasks(spans):
    return [
        s.attributes["code.function.name"]
        for s in spans
        if "error.type" in s.attributes and "code.function.name" in s.attributes
    ]


# %% wrong lists gets wrong-shape breaks failed
def failed_tasks(spans):
    roots = {s.context.trace_id: s.name for s in spans if s.parent is None}
    return [
        [
            s.attributes["code.function.name"].rpartition(".")[2],
            roots[s.context.trace_id],
            s.attributes["error.type"],
        ]
        for s in spans
        if s.name == "fastapi.background_task" and "error.type" in s.attributes
    ]


# %% wrong grouped gets wrong-order breaks sequence
def failed_tasks(spans):
    requests = {span.context.trace_id: span.name for span in spans if span.parent is None}
    return [
        *sorted(
            [
                (
                    span.attributes["code.function.name"].rpartition(".")[2],
                    requests[span.context.trace_id],
                    span.attributes["error.type"],
                )
                for span in spans
                if span.name == "fastapi.background_task" and "error.type" in span.attributes
            ],
            key=lambda each: each[1],
        )
    ]


# %% wrong newest_first gets wrong-order breaks sequence
def failed_tasks(spans):
    requests = {span.context.trace_id: span.name for span in spans if span.parent is None}
    return [
        (
            span.attributes["code.function.name"].rpartition(".")[2],
            requests[span.context.trace_id],
            span.attributes["error.type"],
        )
        for span in spans
        if span.name == "fastapi.background_task" and "error.type" in span.attributes
    ][::-1]


# %% wrong by_method gets span-within breaks request
def failed_tasks(spans):
    requests = {
        s.context.trace_id: s.name
        for s in spans
        if s.name.split(" ")[0] in ("GET", "POST", "PUT", "DELETE", "PATCH")
    }
    return [
        (
            s.attributes["code.function.name"].split(".")[-1],
            requests[s.context.trace_id],
            s.attributes["error.type"],
        )
        for s in spans
        if s.name == "fastapi.background_task" and "error.type" in s.attributes
    ]


# %% wrong last_part_of_the_type gets short-type breaks request
def failed_tasks(spans):
    spans = list(spans)
    roots = {span.context.trace_id: span.name for span in spans if span.parent is None}
    return [
        (
            span.attributes["code.function.name"].rpartition(".")[2],
            roots[span.context.trace_id],
            span.attributes["error.type"].rpartition(".")[2],
        )
        for span in spans
        if span.name == "fastapi.background_task" and "error.type" in span.attributes
    ]


# %% wrong known_methods gets wrong-request breaks request
def failed_tasks(spans):
    requests = {span.context.trace_id: span.name for span in spans if span.name.startswith(("POST ", "GET "))}
    return [
        (
            span.attributes["code.function.name"].split(".")[-1],
            requests.get(span.context.trace_id, "?"),
            span.attributes["error.type"],
        )
        for span in spans
        if span.name == "fastapi.background_task" and "error.type" in span.attributes
    ]


# %% wrong tasks_of_posts gets request-left-out breaks request
def failed_tasks(spans):
    requests = {
        span.context.trace_id: span.name
        for span in spans
        if span.parent is None and span.name.startswith(("POST ", "PUT "))
    }
    return [
        (
            span.attributes["code.function.name"].rpartition(".")[2],
            requests[span.context.trace_id],
            span.attributes["error.type"],
        )
        for span in spans
        if span.name == "fastapi.background_task"
        and "error.type" in span.attributes
        and span.context.trace_id in requests
    ]


# %% wrong one_list_for_all_calls gets remembers breaks failed
def failed_tasks(spans, failed=[]):
    requests = {span.context.trace_id: span.name for span in spans if span.parent is None}
    for span in spans:
        if span.name == "fastapi.background_task" and "error.type" in span.attributes:
            name = span.attributes["code.function.name"].rpartition(".")[2]
            failed.append((name, requests[span.context.trace_id], span.attributes["error.type"]))
    return failed


# %% wrong named_like_a_request gets span-within breaks request
def failed_tasks(spans):
    methods = ("GET ", "POST ", "PUT ", "PATCH ", "DELETE ", "HEAD ", "OPTIONS ")
    requests = {}
    for span in spans:
        if span.name.startswith(methods):
            requests.setdefault(span.context.trace_id, span.name)
    return [
        (
            span.attributes["code.function.name"].rpartition(".")[2],
            requests[span.context.trace_id],
            span.attributes["error.type"],
        )
        for span in spans
        if span.name == "fastapi.background_task" and "error.type" in span.attributes
    ]


# %% right remembers_requests
def failed_tasks(spans, requests={}):
    for span in spans:
        if span.parent is None:
            requests.setdefault(span.context.trace_id, span.name)
    return [
        (
            span.attributes["code.function.name"].rpartition(".")[2],
            requests[span.context.trace_id],
            span.attributes["error.type"],
        )
        for span in spans
        if span.name == "fastapi.background_task" and "error.type" in span.attributes
    ]


# %% wrong once_in_each_request gets not-repeated breaks failed
def failed_tasks(spans):
    requests = {span.context.trace_id: span.name for span in spans if span.parent is None}
    failed = {}
    for span in spans:
        if span.name == "fastapi.background_task" and "error.type" in span.attributes:
            function = span.attributes["code.function.name"].rpartition(".")[2]
            error = span.attributes["error.type"]
            trace = span.context.trace_id
            failed[trace, function, error] = (function, requests[trace], error)
    return list(failed.values())


# %% wrong names_on_the_way gets no-request breaks request
def failed_tasks(spans):
    requests, failed = {}, []
    for span in spans:
        if span.parent is None:
            requests[span.context.trace_id] = span.name
        elif span.name == "fastapi.background_task" and "error.type" in span.attributes:
            name = span.attributes["code.function.name"].rpartition(".")[2]
            failed.append((name, requests.get(span.context.trace_id, ""), span.attributes["error.type"]))
    return failed


# %% wrong knows_three_methods gets span-within
# mistake: the request's span is found by the verbs POST and GET only -- "The second is the name of the request's own span."
def failed_tasks(spans):
    names = {s.context.trace_id: s.name for s in spans if s.name.startswith(("POST ", "GET ", "PUT "))}
    return [
        (
            s.attributes["code.function.name"].rsplit(".", 1)[-1],
            names.get(s.context.trace_id, "unknown"),
            s.attributes["error.type"],
        )
        for s in spans
        if s.name == "fastapi.background_task" and "error.type" in s.attributes
    ]


# %% wrong knows_errors_by_their_names gets request-left-out
# mistake: failed means 'has an exception event' taken from status text: SystemExit-like errors lost -- "for each background task that failed"
def failed_tasks(spans):
    names = {s.context.trace_id: s.name for s in spans if s.parent is None}
    return [
        (
            s.attributes["code.function.name"].rsplit(".", 1)[-1],
            names[s.context.trace_id],
            s.attributes["error.type"],
        )
        for s in spans
        if s.name == "fastapi.background_task"
        and s.attributes.get("error.type", "").endswith(("Error", "Exception"))
    ]


# %% wrong requests_of_the_first_call gets remembers breaks request
def failed_tasks(spans, requests={}):
    if not requests:
        requests.update({span.context.trace_id: span.name for span in spans if span.parent is None})
    return [
        (
            span.attributes["code.function.name"].rpartition(".")[2],
            requests[span.context.trace_id],
            span.attributes["error.type"],
        )
        for span in spans
        if span.name == "fastapi.background_task" and "error.type" in span.attributes
    ]
