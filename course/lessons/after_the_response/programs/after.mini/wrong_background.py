# gets: starlettes-tasks
# breaks: itself
from starlette.concurrency import run_in_threadpool


from starlette.background import BackgroundTasks


def respond_then(content, functions):
    tasks = BackgroundTasks()
    for function in functions:
        tasks.add_task(function)
    return JSONResponse(content, background=tasks)
