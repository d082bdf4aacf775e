# gets: never-worked
def build_jobs(jobs, work):
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        work(job_id)

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response):
        jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        return jobs.get(job_id)

    return app
