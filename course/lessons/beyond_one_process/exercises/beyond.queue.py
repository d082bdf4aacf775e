# %% starter
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            ____(job_id)

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        ____(task)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        ____

    return app


# %% right reference
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception as error:
                failed[job_id] = error
            finally:
                queue.task_done()

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% right lock_and_background_tasks
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


# %% right memory_stream
import anyio


def build_queue(work, size) -> FastAPI:
    send, receive = anyio.create_memory_object_stream(size)

    async def worker():
        async with receive:
            async for job_id in receive:
                try:
                    await work(job_id)
                except Exception as error:
                    print(f"{job_id}: {error!r}")

    @asynccontextmanager
    async def lifespan(app):
        async with anyio.create_task_group() as group:
            group.start_soon(worker)
            async with send:
                yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str):
        try:
            send.send_nowait(job_id)
        except anyio.WouldBlock:
            raise HTTPException(503, headers={"Retry-After": "1"})

    return app


# %% right sentinel
from fastapi.responses import JSONResponse


def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(size)

    async def worker():
        while (job_id := await queue.get()) is not None:
            await asyncio.gather(work(job_id), return_exceptions=True)

    @asynccontextmanager
    async def lifespan(app):
        running = asyncio.create_task(worker())
        yield
        await queue.put(None)
        await running

    async def full(request, error):
        return JSONResponse({"detail": "full"}, 503)

    app = FastAPI(lifespan=lifespan, exception_handlers={asyncio.QueueFull: full})

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str):
        queue.put_nowait(job_id)

    return app


# %% right sentinel_and_task_group
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


# %% right thread
import queue as queues
import threading


def build_queue(work, size) -> FastAPI:
    jobs = queues.Queue(size)

    def worker():
        while (job_id := jobs.get()) is not None:
            try:
                asyncio.run(work(job_id))
            except Exception:
                pass

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=worker)
        thread.start()
        yield
        await asyncio.to_thread(jobs.put, None)
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    def accept(job_id: str):
        try:
            jobs.put(job_id, block=False)
        except queues.Full:
            raise HTTPException(503, "full")

    return app


# %% wrong awaits_put gets client-waits
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception as error:
                failed[job_id] = error
            finally:
                queue.task_done()

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        await queue.put(job_id)

    return app


# %% wrong waits_for_result gets client-waits
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception as error:
                failed[job_id] = error
            finally:
                queue.task_done()

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None
        await queue.join()

    return app


# %% wrong works_in_endpoint gets client-waits
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception as error:
                failed[job_id] = error
            finally:
                queue.task_done()

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            await work(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong no_503 gets engine.endpoint-raised
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception as error:
                failed[job_id] = error
            finally:
                queue.task_done()

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        queue.put_nowait(job_id)

    return app


# %% wrong one_less gets full-too-early
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size - 1)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception as error:
                failed[job_id] = error
            finally:
                queue.task_done()

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong cancel_at_once gets lost-at-shutdown
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception as error:
                failed[job_id] = error
            finally:
                queue.task_done()

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong unbounded gets never-full
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue()

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception as error:
                failed[job_id] = error
            finally:
                queue.task_done()

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong done_only_if_well gets never-stops
def build_queue(work, size):
    queue = asyncio.Queue(maxsize=size)

    async def worker():
        while job_id := await queue.get():
            try:
                await work(job_id)
            except ValueError:
                continue
            queue.task_done()

    @asynccontextmanager
    async def lifespan(app):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str):
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503)

    return app


# %% wrong no_task_done gets never-stops
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception as error:
                failed[job_id] = error

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong never_works gets never-worked
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception as error:
                failed[job_id] = error
            finally:
                queue.task_done()

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.Future()
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong several_workers gets side-by-side
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception as error:
                failed[job_id] = error
            finally:
                queue.task_done()

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.gather(*[worker() for _ in range(3)])
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong task_per_job gets side-by-side
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                asyncio.create_task(work(job_id)).add_done_callback(lambda t: t.cancelled() or t.exception())
            except Exception as error:
                failed[job_id] = error
            finally:
                queue.task_done()

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong no_guard gets worker-died
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            finally:
                queue.task_done()

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong last_in_first_out gets wrong-order
def build_queue(work, size) -> FastAPI:
    queue = asyncio.LifoQueue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception as error:
                failed[job_id] = error
            finally:
                queue.task_done()

    failed = {}

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app
