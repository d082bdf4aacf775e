# %% starter
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel

from course import ____


class User(BaseModel):
    email: str


def build_register(send_welcome_email):
    app = FastAPI()

    @app.post("/register", status_code=201)
    def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(____, user.email)
        return {"email": user.email}

    return app


# %% right reference
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel

from course import ____


class User(BaseModel):
    email: str


def build_register(send_welcome_email):
    app = FastAPI()

    @app.post("/register", status_code=201)
    def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user.email)
        return {"email": user.email}

    return app


# %% right async
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel

from course import ____


class User(BaseModel):
    email: str


def build_register(send_welcome_email):
    app = FastAPI()

    async def welcome(address):
        send_welcome_email(address)

    @app.post("/register", status_code=201)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(welcome, user.email)
        return {}

    return app


# %% wrong called gets called-not-passed
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel

from course import ____


class User(BaseModel):
    email: str


def build_register(send_welcome_email):
    app = FastAPI()

    @app.post("/register", status_code=201)
    def register(user: User, tasks: BackgroundTasks):
        send_welcome_email(user.email)
        return {}

    return app


# %% wrong return gets engine.returned-nothing
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel

from course import ____


class User(BaseModel):
    email: str


def build_register(send_welcome_email):
    app = FastAPI()

    @app.post("/register", status_code=201)
    def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user.email)


# %% wrong forgotten gets never-called
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel

from course import ____


class User(BaseModel):
    email: str


def build_register(send_welcome_email):
    app = FastAPI()

    @app.post("/register", status_code=201)
    def register(user: User, tasks: BackgroundTasks):
        return {}

    return app


# %% wrong argument gets wrong-address
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel

from course import ____


class User(BaseModel):
    email: str


def build_register(send_welcome_email):
    app = FastAPI()

    @app.post("/register", status_code=201)
    def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, "me@example.org")
        return {}

    return app
