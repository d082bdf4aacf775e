import threading, time, queue
from contextlib import asynccontextmanager


def build_register(send_welcome_email) -> FastAPI:
    waiting = []
    ended = threading.Event()

    def work():
        while True:
            while waiting:
                send_welcome_email(waiting.pop(0))
            if ended.is_set():
                return
            time.sleep(0.4)

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=work)
        thread.start()
        yield
        ended.set()
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(waiting.append, user.email)
        return {"accepted": user.email}

    return app
