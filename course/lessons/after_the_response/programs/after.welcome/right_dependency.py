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
