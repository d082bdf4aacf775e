def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            asyncio.run(work(job_id))
        except Exception as error:
            jobs.set(job_id, "failed", repr(error))
            return
        jobs.set(job_id, "done")

    @app.post("/jobs/{job_id}", status_code=202)
    def start(job_id: str, tasks: BackgroundTasks, response: Response):
        jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["location"] = f"/jobs/{job_id}"
        return {"id": job_id}

    @app.get("/jobs/{job_id}")
    def status(job_id: str):
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(status_code=404, detail="unknown")
        return {"id": job_id, **row}

    return app
