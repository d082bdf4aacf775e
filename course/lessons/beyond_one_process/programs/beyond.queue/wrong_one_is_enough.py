# gets: stuck
# breaks: order
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        if job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503)

    return app
