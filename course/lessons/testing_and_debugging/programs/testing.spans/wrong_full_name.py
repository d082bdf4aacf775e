# gets: long-name
# breaks: function
def failed_tasks(spans):
    requests = {span.context.trace_id: span.name for span in spans if span.parent is None}
    return [
        (s.attributes["code.function.name"], requests[s.context.trace_id], s.attributes["error.type"])
        for s in spans
        if s.name == "fastapi.background_task" and "error.type" in s.attributes
    ]
