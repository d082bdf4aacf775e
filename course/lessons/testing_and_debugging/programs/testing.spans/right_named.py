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
