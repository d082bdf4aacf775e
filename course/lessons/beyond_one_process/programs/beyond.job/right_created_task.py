def build_jobs(jobs, work) -> FastAPI:
    running = set()

    async def run(job_id):
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", detail=str(error))
        else:
            jobs.set(job_id, "done")

    @asynccontextmanager
    async def lifespan(app):
        yield
        if running:
            await asyncio.wait(running)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, response: Response) -> None:
        jobs.set(job_id, "queued")
        task = asyncio.create_task(run(job_id))
        running.add(task)
        task.add_done_callback(running.discard)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        return jobs.get(job_id) or fail(404)

    return app


def fail(status):
    raise HTTPException(status)
