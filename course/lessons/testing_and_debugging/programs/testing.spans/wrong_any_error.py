# gets: endpoints-too
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
