# gets: inline
# breaks: after
def build_register(send_welcome_email) -> FastAPI:
    app = FastAPI()

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        send_welcome_email(user.email)
        return {"accepted": user.email}

    return app
