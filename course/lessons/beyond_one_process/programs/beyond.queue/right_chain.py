def build_queue(work, size) -> FastAPI:
    begun, accepted, tail = 0, 0, None

    async def run(before, job_id):
        nonlocal begun
        if before is not None:
            await asyncio.wait([before])
        begun += 1
        try:
            await work(job_id)
        except Exception:
            pass

    @asynccontextmanager
    async def lifespan(app):
        yield
        if tail is not None:
            await tail

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}")
    async def accept(job_id: str) -> Response:
        nonlocal accepted, tail
        free = tail is None or tail.done()
        if not free and accepted - begun >= size:
            return Response(status_code=503)
        accepted += 1
        tail = asyncio.create_task(run(tail, job_id))
        return Response(status_code=202)

    return app
