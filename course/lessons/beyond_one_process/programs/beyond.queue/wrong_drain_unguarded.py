# gets: lost-at-shutdown
# breaks: shutdown
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        left = []
        while not queue.empty():
            left.append(queue.get_nowait())
            queue.task_done()
        await queue.join()
        task.cancel()
        for each in left:
            await work(each)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503)

    return app
