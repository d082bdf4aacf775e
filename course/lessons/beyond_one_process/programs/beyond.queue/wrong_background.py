# gets: side-by-side
# breaks: order
def build_queue(work, size) -> FastAPI:
    places = asyncio.Semaphore(size + 1)
    app = FastAPI()

    async def run(job_id):
        try:
            await work(job_id)
        except Exception:
            pass
        places.release()

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str, tasks: BackgroundTasks) -> None:
        if places.locked():
            raise HTTPException(503)
        await places.acquire()
        tasks.add_task(run, job_id)

    return app
