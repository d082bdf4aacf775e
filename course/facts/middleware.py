"""What stands between the server and the endpoint."""

from __future__ import annotations

from fastapi import BackgroundTasks, FastAPI
from fastapi.testclient import TestClient
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from course.facts import Seen, fact


class _Silent:
    """Ends every request without a word."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)


async def _pass_on(request: Request, call_next: RequestResponseEndpoint) -> Response:
    return await call_next(request)


def _error_of(app: FastAPI) -> str:
    try:
        status = TestClient(app).get("/").status_code
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return f"status {status}"


@fact(
    "F36",
    "'No response returned.' is what BaseHTTPMiddleware says when nothing inside it has sent a response; a "
    "task that fails does not cause it.",
)
def no_response_returned() -> Seen:
    """The same outer middleware around a silent app, and around an endpoint whose task fails."""
    silent, failing = FastAPI(), FastAPI()
    silent.add_middleware(_Silent)
    for app in (silent, failing):
        app.add_middleware(BaseHTTPMiddleware, dispatch=_pass_on)

    def fail() -> None:
        raise ValueError("the task")

    @failing.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(fail)

    seen = _error_of(silent), _error_of(failing)
    return Seen(
        seen == ("RuntimeError: No response returned.", "ValueError: the task"),
        f"silent app: {seen[0]}; failing task: {seen[1]}",
    )
