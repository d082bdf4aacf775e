"""A sign-up that loses some welcome mails: the subject of an exercise."""

from collections.abc import Callable

from fastapi import BackgroundTasks, FastAPI, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.responses import Response


class SignUp(BaseModel):
    """The body of POST /signup."""

    email: str
    name: str = ""
    newsletter: bool = False
    referred_by: str | None = None


def build_signup(
    send_welcome_email: Callable[[str], None],
    subscribe: Callable[[str], None],
    thank: Callable[[str], None],
) -> FastAPI:
    """An API with POST /signup."""
    app = FastAPI()

    @app.post("/signup", status_code=202)
    def sign_up(body: SignUp, tasks: BackgroundTasks) -> Response:
        if "@" not in body.email:
            raise HTTPException(422, "an e-mail address has an @")
        tasks.add_task(send_welcome_email, body.email)
        if body.referred_by:
            tasks.add_task(thank, body.referred_by)
        accepted = {"accepted": body.email, "hello": body.name or "you"}
        if body.newsletter:
            return JSONResponse(accepted, 202, background=BackgroundTask(subscribe, body.email))
        return JSONResponse(accepted, 202)

    return app
