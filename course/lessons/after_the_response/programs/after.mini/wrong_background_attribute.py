# gets: starlettes-tasks
from starlette.background import BackgroundTasks as Several


def respond_then(content, functions):
    response = JSONResponse(content)
    tasks = Several()
    for function in functions:
        tasks.add_task(function)
    response.background = tasks
    return response
