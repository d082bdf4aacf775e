def failed_tasks(spans):
    """For each task that failed: (its function's name, the request's span's name, the error's type)."""
    return [____ for span in spans if span.name == "fastapi.background_task"]
