# gets: not-a-response
import asyncio
import inspect

from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response


def respond_then(content, functions):
    return content
