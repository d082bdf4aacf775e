# %% starter
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        await work(job_id)
        ____

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        ____
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{quote(job_id, safe='')}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        return ____

    return app


# %% right reference
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
        response.headers["Location"] = f"/jobs/{quote(job_id, safe='')}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% right context_manager
import contextlib

from fastapi.responses import JSONResponse, RedirectResponse


def build_jobs(jobs, work) -> FastAPI:
    @contextlib.contextmanager
    def told(job_id):
        jobs.set(job_id, "running")
        try:
            yield
        except Exception as error:
            jobs.set(job_id, state="failed", detail=f"{error}")
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


# %% right created_task
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


# %% right router_and_dependency
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
                state, detail = "failed", f"{error}"
            except BaseException:
                state, detail = "failed", "it was cancelled"
                raise
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


# %% right thread
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            asyncio.run(work(job_id))
        except Exception as error:
            jobs.set(job_id, "failed", str(error))
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


# %% right absolute_location
from fastapi import Request


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
    async def start(job_id: str, request: Request, tasks: BackgroundTasks, response: Response) -> None:
        jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = str(request.url_for("status", job_id=job_id))

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% right queue_worker
def build_jobs(jobs, work) -> FastAPI:
    async def run(job_id):
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", str(error))
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


# %% right shielded
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except asyncio.CancelledError:
            jobs.set(job_id, "failed", "cancelled")
            raise
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong in_request gets client-waits
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
        await run(job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong not_found_raises gets engine.endpoint-raised
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
        return {"state": row["state"], "detail": row["detail"]}

    return app


# %% wrong failed_is_done gets failure-lost
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            print(error, end="")
        jobs.set(job_id, "done")

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong no_except gets failure-lost
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        await work(job_id)
        jobs.set(job_id, "done")

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong first_failure_only gets failure-lost breaks end
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()
    failures = []

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            if not failures:
                jobs.set(job_id, "failed", str(error))
            failures.append(error)
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong value_error_only gets failure-lost breaks end
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except (ValueError, OSError) as error:
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
        if jobs.get(job_id) is None:
            raise HTTPException(404)
        return jobs.get(job_id)

    return app


# %% wrong never_started gets never-worked
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
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong not_awaited gets never-worked
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


# %% wrong no_detail gets no-detail
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed")
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong no_location gets no-location
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

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong location_elsewhere gets no-location breaks location
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
        response.headers["Location"] = "/jobs"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong own_dict gets no-row
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


# %% wrong row_in_the_task gets no-row
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "queued")
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", str(error))
        else:
            jobs.set(job_id, "done")

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong row_in_task gets no-row breaks accepted
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "queued")
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", str(error))
        else:
            jobs.set(job_id, "done")

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong not_running gets not-running
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong never_done gets stays-running
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", str(error))

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong typo gets task-raised
def build_jobs(jobs, work):
    app = FastAPI()

    async def run(job_id: str) -> None:
        job.set(job_id, "running")
        await work(job_id)

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response):
        jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        return jobs.get(job_id)

    return app


# %% wrong unknown_is_none gets unknown-is-found
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
        return row or {}

    return app


# %% wrong unknown_204 gets unknown-is-found breaks status
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
    async def status(job_id: str):
        row = jobs.get(job_id)
        if row is None:
            return Response(status_code=204)
        return row

    return app


# %% wrong always_queued gets wrong-status
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
        if row is None:
            raise HTTPException(404)
        return {"state": "queued"}

    return app


# %% wrong deletes gets wrong-status breaks status
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


# %% wrong last_job gets wrong-status breaks status
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()
    last = {}

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
        last["id"] = job_id
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id) and jobs.get(last["id"])
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong detail_object gets detail-no-text breaks end
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", error)
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong reraises gets escaped breaks guarded
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", str(error))
            raise
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong known_in_memory gets memory breaks status
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()
    known = set()

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
        known.add(job_id)
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if job_id not in known:
            raise HTTPException(404)
        return row

    return app


# %% wrong state_in_memory gets memory breaks status
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


# %% wrong shared_id gets mixed breaks end
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()
    now = {}

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", str(error))
        else:
            jobs.set(now["id"], "done")

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        jobs.set(job_id, "queued")
        now["id"] = job_id
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong running_at_once gets not-queued breaks accepted
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        try:
            await work(job_id)
            jobs.set(job_id, "done")
        except Exception as error:
            jobs.set(job_id, "failed", str(error))

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        jobs.set(job_id, "running")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        if jobs.get(job_id) is None:
            raise HTTPException(404)
        return jobs.get(job_id)

    return app


# %% wrong running_in_endpoint gets not-yet-begun breaks running
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
        jobs.set(job_id, "running")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong not_found_untold gets unknown-breaks breaks status
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except asyncio.CancelledError:
            jobs.set(job_id, "failed", "cancelled")
            raise
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
        return row

    return app


# %% wrong queued_once gets not-queued-again breaks accepted
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except BaseException as error:
            jobs.set(job_id, "failed", str(error))
        else:
            jobs.set(job_id, "done")

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        if jobs.get(job_id) is None:
            jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        if (row := jobs.get(job_id)) is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong running_in_line gets running-too-early breaks running
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()
    one = asyncio.Lock()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        async with one:
            try:
                await work(job_id)
            except BaseException as error:
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
        if (row := jobs.get(job_id)) is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong queued_is_404 gets wrong-status breaks status
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
        if row is None or row["state"] == "queued":
            raise HTTPException(404)
        return row

    return app


# %% wrong detail_cut gets no-detail breaks end
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", str(error)[:32])
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong refused_after_failure gets engine.wrong-status breaks accepted
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
        if (jobs.get(job_id) or {}).get("state") == "failed":
            raise HTTPException(409)
        jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% right polling
def build_jobs(jobs, work) -> FastAPI:
    waiting = []

    async def one(id):
        jobs.set(id, "running")
        try:
            await work(id)
        except Exception as e:
            jobs.set(id, "failed", str(e))
        else:
            jobs.set(id, "done")

    async def poll():
        running = set()
        while True:
            while waiting:
                running.add(asyncio.create_task(one(waiting.pop(0))))
            await asyncio.sleep(0.2)

    @asynccontextmanager
    async def lifespan(app):
        task = asyncio.create_task(poll())
        yield
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{id}", status_code=202)
    async def start(id: str, response: Response) -> None:
        jobs.set(id, "queued")
        waiting.append(id)
        response.headers["Location"] = f"/jobs/{id}"

    @app.get("/jobs/{id}")
    def status(id: str) -> dict:
        if (row := jobs.get(id)) is None:
            raise HTTPException(404, "unknown")
        return row

    return app


# %% right task_group
def build_jobs(jobs, work) -> FastAPI:
    group = asyncio.TaskGroup()

    @asynccontextmanager
    async def lifespan(app):
        async with group:
            yield

    app = FastAPI(lifespan=lifespan)

    async def run(id):
        jobs.set(id, "running")
        state = "done", ""
        try:
            await work(id)
        except Exception as e:
            state = "failed", f"{e}"
        jobs.set(id, *state)

    @app.post("/jobs/{id}")
    async def start(id: str):
        jobs.set(id, "queued")
        group.create_task(run(id))
        return Response(status_code=202, headers={"location": "/jobs/" + id})

    @app.get("/jobs/{id}")
    async def status(id: str):
        return jobs.get(id) or Response(status_code=404)

    return app


# %% wrong detail_type gets no-detail breaks end
from fastapi import FastAPI, BackgroundTasks, Response, HTTPException


def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", f"{type(error).__name__}: {error}")
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong detail_first_arg gets no-detail breaks end
from fastapi import FastAPI, BackgroundTasks, Response, HTTPException


def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", error.args[0])
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong detail_line gets no-detail breaks end
from fastapi import FastAPI, BackgroundTasks, Response, HTTPException


def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", str(error).split("\n")[0])
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong empty_text gets failure-lost breaks end
from fastapi import FastAPI, BackgroundTasks, Response, HTTPException


def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        detail = ""
        try:
            await work(job_id)
        except Exception as error:
            detail = str(error)
        jobs.set(job_id, "failed" if detail else "done", detail)

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong shared_detail gets other-detail breaks end
from fastapi import FastAPI, BackgroundTasks, Response, HTTPException


def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            app.state.error = str(error)
            import asyncio

            await asyncio.sleep(0)
            jobs.set(job_id, "failed", app.state.error)
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong work_twice gets works-twice breaks end
from fastapi import FastAPI, BackgroundTasks, Response, HTTPException


def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            try:
                await work(job_id)
            except ConnectionError:
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong work_twice_any gets works-twice breaks end
from fastapi import FastAPI, BackgroundTasks, Response, HTTPException


def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            try:
                await work(job_id)
            except Exception:
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong last_id gets swapped breaks end
from fastapi import FastAPI, BackgroundTasks, Response, HTTPException


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
        app.state.last = job_id

        async def last():
            await run(app.state.last)

        tasks.add_task(last)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong cache_done gets old-row breaks status
from fastapi import FastAPI, BackgroundTasks, Response, HTTPException


def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()
    cache = {}

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
        if row is None:
            raise HTTPException(404)
        if row["state"] in ("done", "failed"):
            return cache.setdefault(job_id, row)
        return row

    return app


# %% wrong time_limit gets cut-short breaks end
from fastapi import FastAPI, BackgroundTasks, Response, HTTPException


def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            import asyncio

            await asyncio.wait_for(work(job_id), 5)
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong runs_already gets not-each breaks end
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()
    busy = set()

    async def run(job_id: str) -> None:
        if job_id in busy:
            return
        busy.add(job_id)
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", str(error))
        else:
            jobs.set(job_id, "done")
        finally:
            busy.discard(job_id)

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong get_writes gets get-writes breaks status
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
        if row is None:
            jobs.set(job_id, "unknown")
            raise HTTPException(404)
        return row

    return app


# %% wrong done_in_finally gets cancelled-is-done breaks end
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        failed = False
        try:
            await work(job_id)
        except Exception as error:
            failed = True
            jobs.set(job_id, "failed", str(error))
        finally:
            if not failed:
                jobs.set(job_id, "done")

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong hundred_letters gets no-detail breaks end
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", str(error)[:100])
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% right cancellation_is_noted
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", str(error))
        except BaseException:
            jobs.set(job_id, "failed", "cancelled")
            raise
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong sleeps_first gets waits-first breaks accepted
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
        await asyncio.sleep(0.3)
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% right one_after_the_other
def build_jobs(jobs, work) -> FastAPI:
    app, turns = FastAPI(), {}

    async def run(job_id: str) -> None:
        async with turns.setdefault(job_id, asyncio.Lock()):
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong http_error_leaves gets escaped breaks guarded
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except HTTPException as error:
            jobs.set(job_id, "failed", str(error))
            raise  # FastAPI has a handler for it
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong group_unwrapped gets no-detail
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        failed = None
        try:
            await work(job_id)
        except* Exception as group:
            failed = group.exceptions[0]
        if failed is None:
            jobs.set(job_id, "done")
        else:
            jobs.set(job_id, "failed", str(failed))

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong raises_its_own gets escaped
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", str(error))
            raise RuntimeError("job failed") from error
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong turn_for_all gets waits-for-others breaks running
import asyncio

from fastapi import BackgroundTasks, FastAPI, HTTPException, Response


def build_jobs(jobs, work) -> FastAPI:
    app, turn = FastAPI(), asyncio.Lock()

    async def run(job_id: str) -> None:
        async with turn:
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong two_at_a_time gets waits-for-others breaks running
def build_jobs(jobs, work) -> FastAPI:
    waiting = asyncio.Queue()

    async def worker() -> None:
        while True:
            job_id = await waiting.get()
            jobs.set(job_id, "running")
            try:
                await work(job_id)
            except Exception as error:
                jobs.set(job_id, "failed", str(error))
            else:
                jobs.set(job_id, "done")

    @asynccontextmanager
    async def lifespan(app):
        workers = [asyncio.create_task(worker()) for _ in range(2)]
        yield
        for task in workers:
            task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, response: Response) -> None:
        jobs.set(job_id, "queued")
        waiting.put_nowait(job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong false_is_failed gets result-counts breaks end
from fastapi import BackgroundTasks, FastAPI, HTTPException, Response


def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            if await work(job_id) is False:
                raise RuntimeError("the work said no")
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
        if row is None:
            raise HTTPException(404)
        return row

    return app


# %% wrong nothing_is_failed gets result-counts breaks end
def build_jobs(jobs, work) -> FastAPI:
    app = FastAPI()

    async def run(job_id: str) -> None:
        jobs.set(job_id, "running")
        try:
            good = await work(job_id)
        except Exception as error:
            jobs.set(job_id, "failed", str(error))
        else:
            jobs.set(job_id, "done" if good else "failed")

    @app.post("/jobs/{job_id}", status_code=202)
    async def start(job_id: str, tasks: BackgroundTasks, response: Response) -> None:
        jobs.set(job_id, "queued")
        tasks.add_task(run, job_id)
        response.headers["Location"] = f"/jobs/{job_id}"

    @app.get("/jobs/{job_id}")
    async def status(job_id: str) -> dict:
        row = jobs.get(job_id)
        if row is None:
            raise HTTPException(404)
        return row

    return app
