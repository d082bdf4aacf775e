from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask


def build_jobs(jobs, work) -> FastAPI:
    router = APIRouter(prefix="/jobs")

    def known(job_id: str):
        if not (row := jobs.get(job_id)):
            raise HTTPException(404, "no such job")
        return row

    class Run:
        async def __call__(self, job_id):
            jobs.set(job_id, "running")
            state, detail = "done", ""
            try:
                await work(job_id)
            except Exception as error:
                state, detail = "failed", f"{type(error).__name__}: {error}"
            finally:
                jobs.set(job_id, state, detail)

    @router.post("/{job_id}")
    def start(job_id: str):
        jobs.set(job_id, "queued")
        return JSONResponse(
            None, 202, headers={"Location": f"/jobs/{job_id}"}, background=BackgroundTask(Run(), job_id)
        )

    @router.get("/{job_id}")
    def status(row=Depends(known)):
        return row

    app = FastAPI()
    app.include_router(router)
    return app
