def build_queue(work, size) -> FastAPI:
    app, turn, waiting = FastAPI(), asyncio.Lock(), []

    async def run(job_id):
        async with turn:
            waiting.remove(job_id)
            try:
                await work(job_id)
            except Exception:
                pass  # a real program would log it

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str, tasks: BackgroundTasks) -> None:
        if len(waiting) >= size:
            raise HTTPException(503)
        waiting.append(job_id)
        tasks.add_task(run, job_id)

    return app
