# %% starter
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(____, ____)
        return {"accepted": user.email}

    return app


# %% right reference
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return app


# %% right dependency
from typing import Annotated

from fastapi import Depends


def build_register(send_welcome_email):
    def welcome(user: User, tasks: BackgroundTasks) -> User:
        def job():
            send_welcome_email(to=user.email)

        tasks.add_task(job)
        return user

    app = FastAPI()

    @app.post("/register", status_code=202)
    def register(user: Annotated[User, Depends(welcome)]):
        return user

    return app


# %% right on_the_response
from starlette.background import BackgroundTask


def build_register(mailer):
    async def register(user: User):
        return JSONResponse({"accepted": user.email}, 202, background=BackgroundTask(mailer, user.email))

    app = FastAPI()
    app.add_api_route("/register", register, methods=["POST"])
    return app


# %% right route_class
from fastapi.routing import APIRoute


def build_register(send_welcome_email):
    app = FastAPI()

    class Mailing(APIRoute):
        def get_route_handler(self):
            handler = super().get_route_handler()

            async def mailing(request):
                response = await handler(request)
                response.background = BackgroundTask(send_welcome_email, (await request.json())["email"])
                return response

            return mailing

    app.router.route_class = Mailing

    @app.post("/register", status_code=202)
    def register(user: User):
        return {"accepted": user.email}

    return app


# %% wrong called gets called-not-passed
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email(user.email))
        return {"accepted": user.email}

    return app


# %% wrong called_and_passed_address gets called-not-passed
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email(user.email), user.email)
        return {"accepted": user.email}

    return app


# %% wrong status gets engine.wrong-status
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=200)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return app


# %% wrong inline gets inline
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        send_welcome_email(user.email)
        return {"accepted": user.email}

    return app


# %% wrong inline_and_added gets inline
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        send_welcome_email(user.email)
        tasks.add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return app


# %% wrong never_added gets never-sent
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        print
        return {"accepted": user.email}

    return app


# %% wrong own_object gets never-sent
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        BackgroundTasks().add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return app


# %% wrong thread gets side-by-side
import threading


def build_register(send_welcome_email):
    app = FastAPI()

    @app.post("/register", status_code=202)
    def register(user: User):
        thread = threading.Thread(target=send_welcome_email, args=(user.email,))
        thread.start()
        thread.join(0.2)
        return {"accepted": user.email}

    return app


# %% wrong no_address gets task-failed
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email)
        return {"accepted": user.email}

    return app


# %% wrong twice gets twice
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user.email)
        tasks.add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return app


# %% wrong fixed_address gets wrong-arguments
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, "ada@example.com")
        return {"accepted": user.email}

    return app


# %% wrong tuple_of_arguments gets wrong-arguments
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, (user.email,))
        return {"accepted": user.email}

    return app


# %% wrong whole_user gets wrong-arguments
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user)
        return {"accepted": user.email}

    return app
