from starlette.background import BackgroundTask


def build_register(mailer):
    async def register(user: User):
        return JSONResponse({"accepted": user.email}, 202, background=BackgroundTask(mailer, user.email))

    app = FastAPI()
    app.add_api_route("/register", register, methods=["POST"])
    return app
