# gets: wrong-shape
def failed_tasks(spans):
    return [
        s.attributes["code.function.name"]
        for s in spans
        if "error.type" in s.attributes and "code.function.name" in s.attributes
    ]
