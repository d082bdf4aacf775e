import anyio


def build_queue(work, size) -> FastAPI:
    send, receive = anyio.create_memory_object_stream(size)

    async def worker():
        async with receive:
            async for job_id in receive:
                try:
                    await work(job_id)
                except Exception as error:
                    print(f"{job_id}: {error!r}")

    @asynccontextmanager
    async def lifespan(app):
        async with anyio.create_task_group() as group:
            group.start_soon(worker)
            async with send:
                yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str):
        try:
            send.send_nowait(job_id)
        except anyio.WouldBlock:
            raise HTTPException(503, headers={"Retry-After": "1"})

    return app
