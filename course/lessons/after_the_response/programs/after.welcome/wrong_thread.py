# gets: side-by-side
import threading


def build_register(send_welcome_email):
    app = FastAPI()

    @app.post("/register", status_code=202)
    def register(user: User):
        thread = threading.Thread(target=send_welcome_email, args=(user.email,))
        thread.start()
        thread.join(0.2)
        return {"accepted": user.email}

    return app
