import asyncio
from contextlib import asynccontextmanager
from starlette.concurrency import run_in_threadpool


def build_register(send_welcome_email) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        queue = app.state.queue = asyncio.Queue()

        async def work():
            while (address := await queue.get()) is not None:
                await run_in_threadpool(send_welcome_email, address)

        worker = asyncio.create_task(work())
        yield
        await queue.put(None)
        await worker

    app = FastAPI(lifespan=lifespan)

    @app.post("/register", status_code=202)
    async def register(user: User, tasks: BackgroundTasks):
        tasks.add_task(app.state.queue.put, user.email)
        return {"accepted": user.email}

    return app
