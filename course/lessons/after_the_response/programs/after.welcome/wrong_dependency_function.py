# gets: inline
from fastapi import Depends


def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    def mailed(user: User):
        yield
        send_welcome_email(user.email)

    @app.post("/register", status_code=202)
    def register(user: User, _: None = Depends(mailed, scope="function")):
        return {"accepted": user.email}

    return app
