def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            ____(job_id)

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        ____(task)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        ____

    return app
