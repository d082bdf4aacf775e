# gets: wrong-status
# breaks: status
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", str(error))
        else:
            jobs.set(job_id, "done")

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None or row["state"] == "done":
            raise HTTPException(404)
        return row

    return app
