# gets: wrong-request
def failed_tasks(spans):
    found, request = [], "POST /orders/{number}"
    for s in spans:
        if s.parent is None:
            request = s.name
        elif s.name == "fastapi.background_task" and "error.type" in s.attributes:
            found.append(
                (s.attributes["code.function.name"].split(".")[-1], request, s.attributes["error.type"])
            )
    return found
