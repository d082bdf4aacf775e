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
    return [
        (
            span.attributes["code.function.name"].rpartition(".")[2],
            requests[span.context.trace_id],
            span.attributes["error.type"],
        )
        for span in spans
        if span.name == "fastapi.background_task" and "error.type" in span.attributes
    ]
