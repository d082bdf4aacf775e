# gets: never-sent
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    sent = []

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        if not sent:
            sent.append(user)
            tasks.add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return app
