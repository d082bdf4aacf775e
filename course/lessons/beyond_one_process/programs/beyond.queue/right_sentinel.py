from fastapi.responses import JSONResponse


def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(size)

    async def worker():
        while (job_id := await queue.get()) is not None:
            await asyncio.gather(work(job_id), return_exceptions=True)

    @asynccontextmanager
    async def lifespan(app):
        running = asyncio.create_task(worker())
        yield
        await queue.put(None)
        await running

    async def full(request, error):
        return JSONResponse({"detail": "full"}, 503)

    app = FastAPI(lifespan=lifespan, exception_handlers={asyncio.QueueFull: full})

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str):
        queue.put_nowait(job_id)

    return app
