# gets: wrong-body
from starlette.concurrency import run_in_threadpool


def respond_then(content, functions):
    from starlette.background import BackgroundTasks

    tasks = BackgroundTasks()
    for function in functions:
        tasks.add_task(function)
    return Response(str(content), background=tasks)
