# gets: not-empty
# breaks: sequence
def failed_tasks(spans):
    found = [s for s in spans if s.name == "fastapi.background_task" and "error.type" in s.attributes]
    return found or "nothing failed"
