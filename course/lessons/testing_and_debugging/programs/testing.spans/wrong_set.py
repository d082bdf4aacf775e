# gets: missed
# breaks: failed
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
