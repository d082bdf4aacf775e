def build_queue(work, size) -> FastAPI:
    stop = object()
    queue = asyncio.Queue()

    async def guarded(job_id):
        try:
            return await work(job_id)
        except Exception as error:
            return error

    async def worker():
        while (job_id := await queue.get()) is not stop:
            await guarded(job_id)

    @asynccontextmanager
    async def lifespan(app):
        async with asyncio.TaskGroup() as group:
            group.create_task(worker())
            yield
            queue.put_nowait(stop)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str, response: Response):
        if queue.qsize() >= size:
            response.status_code = 503
            return {"detail": "full"}
        queue.put_nowait(job_id)
        return {"accepted": job_id}

    return app
