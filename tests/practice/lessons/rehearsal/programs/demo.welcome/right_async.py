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
