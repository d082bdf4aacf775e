# gets: something-else
# breaks: function
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
