# gets: engine.returned-nothing
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
