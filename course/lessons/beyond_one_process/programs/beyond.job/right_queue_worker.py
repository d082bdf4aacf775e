def build_jobs(jobs, work) -> FastAPI:
    async def run(job_id):
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", repr(error))
        else:
            jobs.set(job_id, "done")

    waiting = []

    async def worker():
        running = set()
        while True:
            while waiting:
                task = asyncio.create_task(run(waiting.pop(0)))
                running.add(task)
                task.add_done_callback(running.discard)
            await asyncio.sleep(0.2)

    @asynccontextmanager
    async def lifespan(app):
        task = asyncio.create_task(worker())
        yield
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}")
    async def start(job_id: str) -> Response:
        jobs.set(job_id, "queued")
        waiting.append(job_id)
        return Response(status_code=202, headers={"location": f"/jobs/{job_id}"})

    @app.get("/jobs/{job_id}")
    async def status(job_id: str):
        if not (row := jobs.get(job_id)):
            raise HTTPException(404, "no such job")
        return {"state": row["state"], "detail": row["detail"]}

    return app
