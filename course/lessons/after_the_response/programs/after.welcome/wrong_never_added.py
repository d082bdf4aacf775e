# gets: never-sent
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        print
        return {"accepted": user.email}

    return app
