# gets: mixed-up
# breaks: once
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()
    latest = {}

    def send():
        send_welcome_email(latest["user"].email)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        latest["user"] = user
        tasks.add_task(send)
        return {"accepted": user.email}

    return app
