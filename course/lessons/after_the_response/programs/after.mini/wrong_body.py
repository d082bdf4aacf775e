# gets: wrong-body
import asyncio
import inspect

from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response


def respond_then(content, functions):
    from starlette.background import BackgroundTasks

    tasks = BackgroundTasks()
    for function in functions:
        tasks.add_task(function)
    return Response(str(content), background=tasks)
