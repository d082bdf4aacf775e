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
