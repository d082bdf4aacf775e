# gets: refused-runs
# breaks: once
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()
            while queue.empty() and refused:
                await work(refused.pop(0))

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    refused = []
    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            refused.append(job_id)
            raise HTTPException(503)

    return app
