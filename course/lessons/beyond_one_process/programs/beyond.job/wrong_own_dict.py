# gets: no-row
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()
    states = {}

    async def run(job_id: str) -> None:
        states[job_id] = {"state": "running"}
        try:
            await work(job_id)
        except Exception as error:
            states[job_id] = {"state": "failed", "detail": str(error)}
        else:
            states[job_id] = {"state": "done"}

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        states[job_id] = {"state": "queued"}
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = states.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app
