import collections
import contextlib


def build_queue(work, size) -> FastAPI:
    waiting, changed = collections.deque(), asyncio.Condition()
    state = {"worker": None, "closing": False}

    async def worker():
        while True:
            async with changed:
                await changed.wait_for(lambda: waiting or state["closing"])
                if not waiting:
                    return
                job_id = waiting.popleft()
            with contextlib.suppress(Exception):
                await work(job_id)

    @asynccontextmanager
    async def lifespan(app):
        state["worker"] = asyncio.create_task(worker())
        try:
            yield
        finally:
            async with changed:
                state["closing"] = True
                changed.notify_all()
            await state["worker"]

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> dict:
        async with changed:
            if len(waiting) >= size:
                raise HTTPException(status_code=503, detail="come back later")
            waiting.append(job_id)
            changed.notify()
        return {"id": job_id}

    return app
