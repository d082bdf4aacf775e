# gets: inline
from starlette.concurrency import run_in_threadpool


def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def mail(request, call_next):
        response = await call_next(request)
        await run_in_threadpool(send_welcome_email, "ada@example.com")
        return response

    @app.post("/register", status_code=202)
    async def register(user: User):
        return {"accepted": user.email}

    return app
