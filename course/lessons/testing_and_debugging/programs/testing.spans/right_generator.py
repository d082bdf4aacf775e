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
