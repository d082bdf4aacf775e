import contextlib

from fastapi.responses import JSONResponse, RedirectResponse


def build_jobs(jobs, work) -> FastAPI:
    @contextlib.contextmanager
    def told(job_id):
        jobs.set(job_id, "running")
        try:
            yield
        except Exception as error:
            jobs.set(job_id, state="failed", detail=f"{error!r}")
        else:
            jobs.set(job_id, state="done")

    async def run(job_id):
        with told(job_id):
            await work(job_id)

    app = FastAPI()

    @app.post("/jobs/{job_id}", name="start")
    async def start(job_id: str, tasks: BackgroundTasks):
        jobs.set(job_id, "queued", "")
        tasks.add_task(run, job_id)
        return Response(status_code=202, headers={"Location": app.url_path_for("status", job_id=job_id)})

    @app.get("/jobs/{job_id}", name="status")
    def status(job_id: str):
        row = jobs.get(job_id)
        return JSONResponse(row or {"detail": "no such job"}, 200 if row else 404)

    return app
