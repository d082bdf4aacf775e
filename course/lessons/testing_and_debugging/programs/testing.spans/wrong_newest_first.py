# gets: wrong-order
# breaks: sequence
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
