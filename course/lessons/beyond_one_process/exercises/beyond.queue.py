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
import logging

log = logging.getLogger(__name__)


def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception:
                log.exception("job %s failed", job_id)
            finally:
                queue.task_done()

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


# %% right lifespan_that_blocks
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
        jobs.put(None)
        thread.join()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    def accept(job_id: str):
        try:
            jobs.put(job_id, block=False)
        except queues.Full:
            raise HTTPException(503, "full")

    return app


# %% right lifespan_that_joins_again
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
        jobs.put(None)
        while thread.is_alive():
            thread.join(1)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    def accept(job_id: str):
        try:
            jobs.put(job_id, block=False)
        except queues.Full:
            raise HTTPException(503, "full")

    return app


# %% right chain
def build_queue(work, size) -> FastAPI:
    begun, accepted, tail = 0, 0, None

    async def run(before, job_id):
        nonlocal begun
        if before is not None:
            await asyncio.wait([before])
        begun += 1
        try:
            await work(job_id)
        except Exception:
            pass

    @asynccontextmanager
    async def lifespan(app):
        yield
        if tail is not None:
            await tail

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}")
    async def accept(job_id: str) -> Response:
        nonlocal accepted, tail
        free = tail is None or tail.done()
        if not free and accepted - begun >= size:
            return Response(status_code=503)
        accepted += 1
        tail = asyncio.create_task(run(tail, job_id))
        return Response(status_code=202)

    return app


# %% right condition
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


# %% right group_and_stop
def build_queue(work, size) -> FastAPI:
    stop = object()
    queue = asyncio.Queue()

    async def guarded(job_id):
        try:
            return await work(job_id)
        except Exception as error:
            return error

    async def worker():
        while (job_id := await queue.get()) is not stop:
            await guarded(job_id)

    @asynccontextmanager
    async def lifespan(app):
        async with asyncio.TaskGroup() as group:
            group.create_task(worker())
            yield
            queue.put_nowait(stop)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str, response: Response):
        if queue.qsize() >= size:
            response.status_code = 503
            return {"detail": "full"}
        queue.put_nowait(job_id)
        return {"accepted": job_id}

    return app


# %% right sleepy_worker
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            while queue.empty():
                await asyncio.sleep(0.2)
            job_id = queue.get_nowait()
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()

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
            raise HTTPException(503)

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


# %% wrong hard_coded gets full-too-early breaks full
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=2)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()

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
            raise HTTPException(503)

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


# %% wrong cancel_current gets lost-at-shutdown breaks shutdown
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker():
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass

    @asynccontextmanager
    async def lifespan(app):
        task = asyncio.create_task(worker())
        yield
        while not queue.empty():
            await asyncio.sleep(0.01)
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503)

    return app


# %% wrong current_only gets lost-at-shutdown breaks shutdown
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        while not queue.empty():
            queue.get_nowait()
            queue.task_done()
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503)

    return app


# %% wrong drain_unguarded gets shutdown-stops
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        left = []
        while not queue.empty():
            left.append(queue.get_nowait())
            queue.task_done()
        await queue.join()
        task.cancel()
        for each in left:
            await work(each)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503)

    return app


# %% wrong wait_half_second gets lost-at-shutdown breaks shutdown
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker():
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass

    @asynccontextmanager
    async def lifespan(app):
        task = asyncio.create_task(worker())
        yield
        await queue.put(None)
        await asyncio.wait([task], timeout=0.5)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503)

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


# %% wrong one_more gets full-too-late breaks full
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size + 1)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()

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
            raise HTTPException(503)

    return app


# %% wrong done_only_if_well gets worker-died breaks failure
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


# %% wrong never_stops gets never-stops breaks shutdown
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503)

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


# %% wrong background gets side-by-side breaks order
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


# %% wrong drain_together gets side-by-side breaks order
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        left = []
        while not queue.empty():
            left.append(queue.get_nowait())
            queue.task_done()
        await queue.join()
        await asyncio.gather(*map(work, left), return_exceptions=True)
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503)

    return app


# %% wrong worker_per_failure gets side-by-side breaks order
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                asyncio.create_task(worker())
            queue.task_done()

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
            raise HTTPException(503)

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


# %% wrong value_error_only gets worker-died breaks failure
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except ValueError:
                pass
            queue.task_done()

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
            raise HTTPException(503)

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


# %% wrong drain_backwards gets wrong-order breaks order
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        left = []
        while not queue.empty():
            left.append(queue.get_nowait())
            queue.task_done()
        await queue.join()
        task.cancel()
        for each in reversed(left):
            try:
                await work(each)
            except Exception:
                pass

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503)

    return app


# %% wrong sorted gets wrong-order breaks order
def build_queue(work, size) -> FastAPI:
    queue = asyncio.PriorityQueue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()

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
            raise HTTPException(503)

    return app


# %% wrong no_repeats gets not-again breaks once
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)
    seen = set()

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        if job_id in seen:
            return
        seen.add(job_id)
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503)

    return app


# %% wrong refused_later gets refused-runs breaks once
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()
            while queue.empty() and refused:
                await work(refused.pop(0))

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    refused = []
    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            refused.append(job_id)
            raise HTTPException(503)

    return app


# %% wrong retries gets runs-twice breaks once
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                await asyncio.sleep(0)
                try:
                    await work(job_id)
                except Exception:
                    pass
            queue.task_done()

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
            raise HTTPException(503)

    return app


# %% wrong stays_full gets stays-full breaks full
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.join()
        task.cancel()

    app = FastAPI(lifespan=lifespan)
    full = []

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        if full:
            raise HTTPException(503)
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            full.append(1)
            raise HTTPException(503)

    return app


# %% wrong one_is_enough gets stuck breaks order
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        if job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass
            queue.task_done()

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
            raise HTTPException(503)

    return app


# %% wrong time_out_again gets runs-twice breaks once
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            for _ in range(2):
                try:
                    await work(job_id)
                    break
                except TimeoutError:
                    continue
                except BaseException:
                    break
            queue.task_done()

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
            raise HTTPException(503)

    return app


# %% wrong ten_minutes gets lost-at-shutdown breaks shutdown
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
        try:
            await asyncio.wait_for(queue.join(), 600)
        except TimeoutError:
            pass
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong waits_for_the_first gets never-stops breaks shutdown
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            first.set()
            try:
                await work(job_id)
            except Exception as error:
                failed[job_id] = error
            finally:
                queue.task_done()

    failed = {}
    first = asyncio.Event()

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await first.wait()
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


# %% wrong at_most_three gets full-too-early breaks full
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=min(size, 3))

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


# %% wrong three_failures gets worker-died breaks failure
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception as error:
                failed[len(failed)] = error
                if len(failed) > 2:
                    raise
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


# %% wrong join_gives_up gets lost-at-shutdown breaks shutdown
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
        thread = threading.Thread(target=worker, daemon=True)
        thread.start()
        yield
        jobs.put(None)
        thread.join(20)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    def accept(job_id: str):
        try:
            jobs.put(job_id, block=False)
        except queues.Full:
            raise HTTPException(503, "full")

    return app


# %% wrong join_in_a_thread_gives_up gets lost-at-shutdown breaks shutdown
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
        thread = threading.Thread(target=worker, daemon=True)
        thread.start()
        yield
        jobs.put(None)
        await asyncio.to_thread(thread.join, 20)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    def accept(job_id: str):
        try:
            jobs.put(job_id, block=False)
        except queues.Full:
            raise HTTPException(503, "full")

    return app


# %% wrong work_has_a_limit gets lost-at-shutdown breaks shutdown
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await asyncio.wait_for(work(job_id), 300)
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


# %% right polling
def build_queue(work, size) -> FastAPI:
    line = []
    state = {"stop": False}

    async def worker():
        while line or not state["stop"]:
            if not line:
                await asyncio.sleep(0.1)
                continue
            job = line.pop(0)
            try:
                await work(job)
            except Exception as e:
                print(e)

    @asynccontextmanager
    async def lifespan(app):
        task = asyncio.create_task(worker())
        yield
        state["stop"] = True
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{id}", status_code=202)
    async def accept(id: str):
        if len(line) >= size:
            raise HTTPException(503)
        line.append(id)

    return app


# %% right group_per_job
class Line:
    def __init__(self, work, size):
        self.queue = asyncio.Queue(size)
        self.work = work

    async def run(self):
        while (job := await self.queue.get()) is not self:
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self.work(job))
            except* Exception:
                pass

    @asynccontextmanager
    async def lifespan(self, app):
        async with asyncio.TaskGroup() as group:
            group.create_task(self.run())
            yield
            await self.queue.put(self)

    async def accept(self, job_id: str):
        try:
            self.queue.put_nowait(job_id)
        except asyncio.QueueFull:
            return Response(status_code=503)


def build_queue(work, size):
    line = Line(work, size)
    app = FastAPI(lifespan=line.lifespan)
    app.post("/jobs/{job_id}", status_code=202)(line.accept)
    return app


# %% wrong failed_never_again gets not-again breaks once
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                if job_id in failed:
                    continue
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


# %% wrong one_less_after_failure gets place-kept breaks full
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
            if queue.qsize() >= size - 1 and len(failed):
                raise asyncio.QueueFull
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong stop_mark_text gets odd-id breaks once
import asyncio
from contextlib import asynccontextmanager
from fastapi import FastAPI, HTTPException


def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue()

    async def worker() -> None:
        while (job_id := await queue.get()) != "stop":
            try:
                await work(job_id)
            except Exception:
                pass

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        queue.put_nowait("stop")
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        if queue.qsize() >= size:
            raise HTTPException(503)
        queue.put_nowait(job_id)

    return app


# %% wrong counts_all_its_life gets stays-full breaks full
import asyncio
from contextlib import asynccontextmanager
from fastapi import FastAPI, HTTPException


def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue()
    total = []

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        queue.put_nowait(None)
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        total.append(1)
        if len(total) > size * 10:
            raise HTTPException(503)
        if queue.qsize() >= size:
            raise HTTPException(503)
        queue.put_nowait(job_id)

    return app


# %% wrong refused_is_queued gets refused-runs breaks once
import asyncio
from contextlib import asynccontextmanager
from fastapi import FastAPI, HTTPException


def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue()

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        queue.put_nowait(None)
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        if queue.qsize() >= size:
            queue.put_nowait(job_id)
            raise HTTPException(503)
        queue.put_nowait(job_id)

    return app


# %% wrong waits_for_room gets waits-first breaks full
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while (job_id := await queue.get()) is not None:
            try:
                await work(job_id)
            except Exception as error:
                print(error)

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.put(None)
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            await asyncio.wait_for(queue.put(job_id), 0.2)
        except TimeoutError:
            raise HTTPException(503) from None

    return app


# %% wrong looks_for_room gets waits-first breaks full
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while (job_id := await queue.get()) is not None:
            try:
                await work(job_id)
            except Exception as error:
                print(error)

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.put(None)
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        for _ in range(50):
            if not queue.full():
                queue.put_nowait(job_id)
                return
            await asyncio.sleep(0.01)
        raise HTTPException(503)

    return app


# %% wrong sleeps_before_answer gets waits-first
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while (job_id := await queue.get()) is not None:
            try:
                await work(job_id)
            except Exception as error:
                print(error)

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.put(None)
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        await asyncio.sleep(2)
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong waits_already gets same-id breaks once
def build_queue(work, size) -> FastAPI:
    queue, waiting = asyncio.Queue(maxsize=size), set()

    async def worker() -> None:
        while (job_id := await queue.get()) is not None:
            waiting.discard(job_id)
            try:
                await work(job_id)
            except Exception as error:
                print(error)

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.put(None)
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        if job_id in waiting:
            return
        try:
            queue.put_nowait(job_id)
            waiting.add(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong stop_mark_makes_room gets makes-room breaks shutdown
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while (job_id := await queue.get()) is not None:
            try:
                await work(job_id)
            except Exception as error:
                print(error)

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(None)
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% right limit_that_is_never_met
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while (job_id := await queue.get()) is not None:
            try:
                await work(job_id)
            except Exception as error:
                print(error)

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.put(None)
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        if queue.full():
            raise HTTPException(503)
        async with asyncio.timeout(5):
            await queue.put(job_id)

    return app


# %% right from_a_thread
def build_queue(work, size) -> FastAPI:
    waiting, found = [], asyncio.Event()

    async def put(job_id):
        if len(waiting) >= size:
            return False
        waiting.append(job_id)
        found.set()
        return True

    async def worker(app) -> None:
        while waiting or not app.state.stops:
            if not waiting:
                found.clear()
                await found.wait()
                continue
            try:
                await work(waiting.pop(0))
            except Exception as error:
                print(error)

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        app.state.stops, app.state.loop = False, asyncio.get_running_loop()
        task = asyncio.create_task(worker(app))
        yield
        app.state.stops = True
        found.set()
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    def accept(job_id: str) -> None:
        if not asyncio.run_coroutine_threadsafe(put(job_id), app.state.loop).result(30):
            raise HTTPException(503)

    return app


# %% wrong end_into_full_queue gets end-full breaks shutdown
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception:
                pass

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        queue.put_nowait(None)
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong one_fetched_in_advance gets full-too-late
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)
    one_at_a_time = asyncio.Lock()

    async def worker() -> None:
        while job_id := await queue.get():
            async with one_at_a_time:
                try:
                    await work(job_id)
                except Exception:
                    pass

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        tasks = [asyncio.create_task(worker()) for _ in range(2)]
        yield
        for _ in tasks:
            await queue.put(None)
        await asyncio.gather(*tasks)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong end_misspelt gets end-raised
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            job_id = await queue.get()
            try:
                await work(job_id)
            except Exception:
                pass
            finally:
                queue.task_done()

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.joined()
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong timeout_means_empty gets shutdown-stops breaks failure
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)
    stopping = asyncio.Event()

    async def worker() -> None:
        while True:
            try:
                job_id = await asyncio.wait_for(queue.get(), 0.1)
                await work(job_id)
            except TimeoutError:
                if stopping.is_set():
                    return
            except Exception as error:
                print(f"failed: {error!r}")

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        stopping.set()
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong shut_down_means_the_end gets worker-died breaks failure
ShutDown = getattr(asyncio, "QueueShutDown", asyncio.QueueEmpty)  # the first one is in Python 3.13 and later


def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while True:
            try:
                if (job_id := await queue.get()) is None:
                    raise ShutDown
                await work(job_id)
            except ShutDown:
                return
            except Exception:
                pass

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.put(None)
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong limited_wait_in_a_thread gets lost-at-shutdown
import queue as queues
import threading


def build_queue(work, size) -> FastAPI:
    jobs = queues.Queue(size)

    finished = threading.Event()

    def worker():
        while (job_id := jobs.get()) is not None:
            try:
                asyncio.run(work(job_id))
            except Exception:
                pass
        finished.set()

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=worker, daemon=True)
        thread.start()
        yield
        await asyncio.to_thread(jobs.put, None)
        await asyncio.to_thread(finished.wait, 5)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    def accept(job_id: str):
        try:
            jobs.put(job_id, block=False)
        except queues.Full:
            raise HTTPException(503, "full")

    return app


# %% wrong first_argument gets handler-raised breaks failure
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while job_id := await queue.get():
            try:
                await work(job_id)
            except Exception as error:
                print(f"{job_id}: {error.args[0]}")

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.put(None)
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        try:
            queue.put_nowait(job_id)
        except asyncio.QueueFull:
            raise HTTPException(503) from None

    return app


# %% wrong looks_in_a_dependency gets look-then-put breaks full
from fastapi import Depends


def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue(maxsize=size)

    async def worker() -> None:
        while (job_id := await queue.get()) is not None:
            try:
                await work(job_id)
            except Exception as error:
                print("failed:", type(error).__name__)

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.put(None)
        await task

    def must_have_room() -> None:
        if queue.full():
            raise HTTPException(503)

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202, dependencies=[Depends(must_have_room)])
    async def accept(job_id: str) -> None:
        await queue.put(job_id)

    return app


# %% wrong looks_then_notes gets look-then-put breaks full
def build_queue(work, size) -> FastAPI:
    queue, waiting, notes = asyncio.Queue(), set(), []

    async def worker() -> None:
        while (job := await queue.get()) is not None:
            waiting.discard(job)
            try:
                await work(job[1])
            except Exception as error:
                print("failed:", type(error).__name__)

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.put(None)
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        if len(waiting) >= size:
            raise HTTPException(503)
        await asyncio.to_thread(notes.append, job_id)
        job = (len(notes), job_id)
        waiting.add(job)
        queue.put_nowait(job)

    return app


# %% wrong failed_count_as_open gets place-kept breaks full
def build_queue(work, size) -> FastAPI:
    queue = asyncio.Queue()
    open_jobs = 0

    async def worker() -> None:
        nonlocal open_jobs
        while (job_id := await queue.get()) is not None:
            try:
                await work(job_id)
                open_jobs -= 1
            except Exception as error:
                print("failed:", type(error).__name__)

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        task = asyncio.create_task(worker())
        yield
        await queue.put(None)
        await task

    app = FastAPI(lifespan=lifespan)

    @app.post("/jobs/{job_id}", status_code=202)
    async def accept(job_id: str) -> None:
        nonlocal open_jobs
        if open_jobs > size:  # the running one and `size` that wait
            raise HTTPException(503)
        open_jobs += 1
        queue.put_nowait(job_id)

    return app
