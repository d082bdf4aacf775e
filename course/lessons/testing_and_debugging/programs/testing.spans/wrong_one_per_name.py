# gets: missed
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
