# gets: memory
# breaks: status
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()
    mine = {}
    real = jobs

    class Both:
        def set(self, id, state, detail=""):
            mine[id] = {"state": state, "detail": detail}
            real.set(id, state, detail)

        def get(self, id):
            return mine.get(id)

    both = Both()

    async def run(job_id: str) -> None:
        both.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            both.set(job_id, "failed", str(error))
        else:
            both.set(job_id, "done")

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        both.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = both.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app
