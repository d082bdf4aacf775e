# gets: missed
def failed_tasks(spans):
    return [
        (s.attributes["code.function.name"].split(".")[-1], "", event.attributes["exception.type"])
        for s in spans
        if s.name == "fastapi.background_task"
        for event in s.events
    ]
