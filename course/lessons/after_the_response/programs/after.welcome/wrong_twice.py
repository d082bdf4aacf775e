# gets: twice
# breaks: once
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(send_welcome_email, user.email)
        tasks.add_task(send_welcome_email, user.email)
        return {"accepted": user.email}

    return app
