import queue as queues
import threading


def build_queue(work, size) -> FastAPI:
    jobs = queues.Queue(size)

    def worker():
        while (job_id := jobs.get()) is not None:
            try:
                asyncio.run(work(job_id))
            except Exception:
                pass

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=worker)
        thread.start()
        yield
        await asyncio.to_thread(jobs.put, None)
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    def accept(job_id: str):
        try:
            jobs.put(job_id, block=False)
        except queues.Full:
            raise HTTPException(503, "full")

    return app
