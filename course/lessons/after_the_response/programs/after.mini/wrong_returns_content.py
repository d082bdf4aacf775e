# gets: not-a-response
from starlette.concurrency import run_in_threadpool


def respond_then(content, functions):
    return content
