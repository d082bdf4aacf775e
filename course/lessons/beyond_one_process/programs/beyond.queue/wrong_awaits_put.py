# gets: client-waits
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception as error:
                failed[job_id] = error
            finally:
                queue.task_done()

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        await queue.put(job_id)

    return app
