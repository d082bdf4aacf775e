import logging
from collections import deque

from fastapi.responses import JSONResponse


def build_queue(work, size) -> FastAPI:
    class Worker:
        def __init__(self):
            self.jobs, self.wake, self.closing = deque(), asyncio.Event(), False

        async def run(self):
            while self.jobs or not self.closing:
                if not self.jobs:
                    self.wake.clear()
                    await self.wake.wait()
                    continue
                job = self.jobs.popleft()
                try:
                    await work(job)
                except Exception:
                    logging.getLogger("jobs").debug("failed", exc_info=True)

    worker = Worker()

    @asynccontextmanager
    async def lifespan(app):
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.run())
            yield
            worker.closing = True
            worker.wake.set()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}")
    async def accept(job_id: str):
        if len(worker.jobs) >= size:
            return JSONResponse({"detail": "come back later"}, 503, headers={"Retry-After": "1"})
        worker.jobs.append(job_id)
        worker.wake.set()
        return JSONResponse(None, 202)

    return app
