# %% starter
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push, order_id)

    return app, ____


# %% right reference
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    pushes = anyio.CapacityLimiter(10)

    async def push_later(order_id: int):
        await anyio.to_thread.run_sync(push, order_id, limiter=pushes)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 10


# %% right async
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_async, order_id)

    return app, 60


# %% right more_tokens
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    @asynccontextmanager
    async def more_tokens(app):
        anyio.to_thread.current_default_thread_limiter().total_tokens = 100
        yield

    app = FastAPI(lifespan=more_tokens)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push, order_id)

    return app, 60


# %% right one_worker
import contextlib
from contextlib import asynccontextmanager


def build_orders(push, push_async):
    """A queue and one worker: strictly one push at a time."""

    @asynccontextmanager
    async def lifespan(app):
        app.state.queue = asyncio.Queue()

        async def work():
            while True:
                order_id = await app.state.queue.get()
                with contextlib.suppress(Exception):
                    await push_async(order_id)

        worker = asyncio.create_task(work())
        yield
        worker.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int):
        app.state.queue.put_nowait(order_id)

    return app, 1


# %% right own_executor
from concurrent.futures import ThreadPoolExecutor


def build_orders(push, push_async) -> tuple[FastAPI, int]:
    threads = ThreadPoolExecutor(8)

    async def push_later(order_id: int):
        await asyncio.get_running_loop().run_in_executor(threads, push, order_id)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return (app, 8)


# %% right queue_of_workers
import contextlib


def build_orders(push, push_async):
    queue, workers = asyncio.Queue(), 7

    async def worker():
        while True:
            order_id = await queue.get()
            with contextlib.suppress(Exception):
                await push_async(order_id)
            queue.task_done()

    @asynccontextmanager
    async def lifespan(app):
        running = [asyncio.create_task(worker()) for _ in range(workers)]
        yield
        await queue.join()
        for each in running:
            each.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int):
        queue.put_nowait(order_id)

    return app, workers


# %% right semaphore
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    five = asyncio.Semaphore(5)

    async def push_later(order_id: int):
        async with five:
            await push_async(order_id)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 5


# %% right semaphore_in_threads
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    twenty = asyncio.Semaphore(20)

    async def push_later(order_id: int):
        async with twenty:
            await run_in_threadpool(push, order_id)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 20


# %% right polling
import contextlib


def build_orders(push, push_async):
    waiting, ended = [], threading.Event()

    def work():
        while not ended.wait(0.2) or waiting:
            while True:
                try:
                    order_id = waiting.pop(0)
                except IndexError:
                    break
                with contextlib.suppress(Exception):
                    push(order_id)

    @asynccontextmanager
    async def lifespan(app):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        yield
        ended.set()
        for thread in threads:
            await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(waiting.append, order_id)

    return app, 2


# %% right polling_workers
import contextlib


def build_orders(push, push_async) -> tuple[FastAPI, int]:
    """Four workers that look twice a second."""
    waiting: list[int] = []

    async def worker():
        while True:
            await asyncio.sleep(0.5)
            while waiting:
                with contextlib.suppress(Exception):
                    await push_async(waiting.pop(0))

    @asynccontextmanager
    async def lifespan(app):
        workers = [asyncio.create_task(worker()) for _ in range(4)]
        yield
        while waiting:
            await asyncio.sleep(0.05)
        for each in workers:
            each.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int):
        waiting.append(order_id)

    return app, 4


# %% right slow_polling_workers
import contextlib


def build_orders(push, push_async) -> tuple[FastAPI, int]:
    """Four workers that look once a second."""
    waiting: list[int] = []

    async def worker():
        while True:
            await asyncio.sleep(1)
            while waiting:
                with contextlib.suppress(Exception):
                    await push_async(waiting.pop(0))

    @asynccontextmanager
    async def lifespan(app):
        workers = [asyncio.create_task(worker()) for _ in range(4)]
        yield
        while waiting:
            await asyncio.sleep(0.05)
        for each in workers:
            each.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int):
        waiting.append(order_id)

    return app, 4


# %% wrong in_the_request gets client-waits breaks client
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        await push_async(order_id)

    return app, 60


# %% wrong place_before_answer gets waits-for-another breaks client
import asyncio

from fastapi import BackgroundTasks, FastAPI


def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()
    places = asyncio.Semaphore(10)

    async def push_and_free(order_id: int) -> None:
        try:
            await push_async(order_id)
        finally:
            places.release()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        await places.acquire()
        tasks.add_task(push_and_free, order_id)

    return app, 10


# %% wrong async_claims_one gets defence-off
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_async, order_id)

    return app, 1


# %% wrong claims_forty gets defence-off
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    @asynccontextmanager
    async def more_tokens(app):
        anyio.to_thread.current_default_thread_limiter().total_tokens = 100
        yield

    app = FastAPI(lifespan=more_tokens)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push, order_id)

    return app, 40


# %% wrong claims_tokens gets defence-off
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    @asynccontextmanager
    async def more_tokens(app):
        anyio.to_thread.current_default_thread_limiter().total_tokens = 100
        yield

    app = FastAPI(lifespan=more_tokens)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push, order_id)

    return app, 100


# %% wrong limiter_for_each gets defence-off
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    async def push_later(order_id: int):
        await anyio.to_thread.run_sync(push, order_id, limiter=anyio.CapacityLimiter(10))

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 10


# %% wrong claims_too_many gets defence-off breaks defence
def build_orders(push, push_async):
    limiter = anyio.CapacityLimiter(10)

    async def rationed(order_id):
        await anyio.to_thread.run_sync(push, order_id, limiter=limiter)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(rationed, order_id)

    return app, 20


# %% wrong semaphore_each gets defence-off
def build_orders(push, push_async):
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    async def rationed(order_id):
        async with asyncio.Semaphore(10):
            await push_async(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(rationed, order_id)

    return app, 10


# %% wrong tokens_outside_of_the_loop gets engine.raised
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()
    anyio.to_thread.current_default_thread_limiter().total_tokens = 100

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push, order_id)

    return app, 60


# %% wrong gives_up gets failed
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    async def push_later(order_id: int):
        async with asyncio.timeout(0.05):
            await push_async(order_id)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 60


# %% wrong blocking_coroutine gets frozen
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    async def push_later(order_id: int):
        push(order_id)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 1


# %% wrong async_health gets health-changed
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()

    @app.get("/health")
    async def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push, order_id)

    return app, 40


# %% wrong health_lies gets health-changed breaks health
def build_orders(push, push_async):
    app = FastAPI()

    async def health(request):
        from starlette.responses import JSONResponse

        return JSONResponse("ok")

    app.add_route("/health", health)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push, order_id)

    return app, 40


# %% wrong defence_in_words gets not-a-pair
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_async, order_id)

    return app, "ten at once"


# %% wrong no_defence gets not-a-pair
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push, order_id)

    return app


# %% wrong claims_bool gets not-a-pair
def build_orders(push, push_async):
    lock = asyncio.Lock()

    async def one(order_id):
        async with lock:
            await push_async(order_id)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(one, order_id)

    return app, True


# %% wrong swapped gets not-a-pair
def build_orders(push, push_async):
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_async, order_id)

    return 60, app


# %% wrong not_awaited gets not-pushed
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(lambda: push_async(order_id))

    return app, 10


# %% wrong shed gets not-pushed
def build_orders(push, push_async):
    app = FastAPI()
    under_way = set()

    @app.get("/health")
    def health():
        return "ok"

    async def push_later(order_id):
        if len(under_way) < 10:
            under_way.add(order_id)
            await push_async(order_id)
            under_way.discard(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 10


# %% wrong forgets_some gets not-pushed breaks pushed
def build_orders(push, push_async):
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        if order_id % 10:
            tasks.add_task(push_async, order_id)

    return app, 54


# %% wrong default_limiter_by_name gets starved
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    async def push_later(order_id: int):
        limiter = anyio.to_thread.current_default_thread_limiter()
        await anyio.to_thread.run_sync(push, order_id, limiter=limiter)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 40


# %% wrong threading_semaphore gets starved
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    ten = threading.Semaphore(10)

    def push_later(order_id: int):
        with ten:
            push(order_id)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 10


# %% wrong threadpool_by_hand gets starved
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    async def push_later(order_id: int):
        await run_in_threadpool(push, order_id)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 60


# %% wrong too_few_tokens gets starved
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    @asynccontextmanager
    async def more_tokens(app):
        anyio.to_thread.current_default_thread_limiter().total_tokens = 50
        yield

    app = FastAPI(lifespan=more_tokens)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push, order_id)

    return app, 50


# %% wrong unchanged gets starved
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push, order_id)

    return app, 40


# %% wrong def_lock gets starved
def build_orders(push, push_async):
    lock = threading.Lock()

    def one(order_id):
        with lock:
            push(order_id)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(one, order_id)

    return app, 1


# %% wrong tokens_sixty gets starved
def build_orders(push, push_async):
    @asynccontextmanager
    async def lifespan(app):
        anyio.to_thread.current_default_thread_limiter().total_tokens = 60
        yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push, order_id)

    return app, 60


# %% wrong text gets wrong-orders
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_async, f"no. {order_id}")

    return app, 60


# %% wrong twice gets wrong-orders
def build_orders(push, push_async):
    limit = asyncio.Semaphore(10)

    async def rationed(order_id):
        async with limit:
            await push_async(order_id)
            await push_async(order_id)

    app = FastAPI()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(rationed, order_id)

    return app, 10


# %% wrong health_other gets health-differs
def build_orders(push, push_async):
    app = FastAPI()

    @app.get("/health")
    def health():
        return {"ok": True}

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_async, order_id)

    return app, 60


# %% right keeps_failures
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()
    places = asyncio.Semaphore(12)
    failed = {}

    async def push_later(order_id: int):
        async with places:
            try:
                await push_async(order_id)
            except Exception as error:
                failed[order_id] = error

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 12


# %% wrong other_face_when_it_fails gets pushed-again breaks pushed
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    app = FastAPI()
    places = asyncio.Semaphore(10)

    async def push_later(order_id: int):
        async with places:
            try:
                await push_async(order_id)
            except Exception:
                await run_in_threadpool(push, order_id)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 10


# %% wrong back_into_the_queue gets pushed-again
def build_orders(push, push_async) -> tuple[FastAPI, int]:
    jobs = asyncio.Queue()

    async def worker():
        while True:
            order_id, tries = await jobs.get()
            try:
                await push_async(order_id)
            except Exception:
                if tries:
                    jobs.put_nowait((order_id, tries - 1))
            finally:
                jobs.task_done()

    @asynccontextmanager
    async def lifespan(app):
        workers = [asyncio.create_task(worker()) for _ in range(5)]
        yield
        await jobs.join()
        for each in workers:
            each.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int):
        jobs.put_nowait((order_id, 2))

    return app, 5


# %% wrong sixty_orders_in_all gets not-pushed breaks pushed
def build_orders(push, push_async):
    app = FastAPI()
    orders = []

    async def push_later(order_id: int):
        orders.append(order_id)
        if len(orders) <= 60:
            await push_async(order_id)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 60


# %% wrong equals_everything gets defence-off
class Always(int):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = int.__hash__


def build_orders(push, push_async):
    app = FastAPI()
    push_later = push_async

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, Always(7)


# %% wrong place_kept gets stopped-by-a-failure breaks pushed
def build_orders(push, push_async):
    app = FastAPI()
    places = asyncio.Semaphore(10)

    async def push_later(order_id: int):
        await places.acquire()
        await push_async(order_id)
        places.release()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 10


# %% wrong workers_end_with_an_error gets stopped-by-a-failure
def build_orders(push, push_async):
    queue = asyncio.Queue()

    async def work():
        while True:
            await push_async(await queue.get())

    @asynccontextmanager
    async def lifespan(app):
        workers = [asyncio.create_task(work()) for _ in range(3)]
        yield
        for worker in workers:
            worker.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(queue.put, order_id)

    return app, 3


# %% right beside_the_request
def build_orders(push, push_async):
    app, running = FastAPI(), set()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int):
        task = asyncio.create_task(push_async(order_id))
        running.add(task)
        task.add_done_callback(running.discard)

    return app, 60


# %% wrong falsy_number gets not-pushed breaks pushed
def build_orders(push, push_async):
    app = FastAPI()

    async def push_later(order_id: int):
        if order_id:
            await push_async(order_id)

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 60


# %% wrong looks_and_sleeps gets loop-sleeps
from concurrent.futures import ThreadPoolExecutor


def build_orders(push, push_async):
    app, threads = FastAPI(), ThreadPoolExecutor(6)

    async def push_later(order_id: int):
        future = threads.submit(push, order_id)
        while not future.done():
            time.sleep(0.01)
            await asyncio.sleep(0.05)
        future.result()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 6


# %% wrong released_twice gets other-number-after-failures breaks defence
def build_orders(push, push_async):
    app = FastAPI()
    places = asyncio.Semaphore(5)

    async def one(order_id):
        await places.acquire()
        try:
            await push_async(order_id)
        except Exception:
            places.release()
            raise
        finally:
            places.release()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(one, order_id)

    return app, 5


# %% wrong rests_under_another_name gets loop-sleeps
from time import sleep as rest
from concurrent.futures import ThreadPoolExecutor


def build_orders(push, push_async):
    app, threads = FastAPI(), ThreadPoolExecutor(6)

    async def push_later(order_id: int):
        future = threads.submit(push, order_id)
        while not future.done():
            rest(0.01)
            await asyncio.sleep(0.05)
        future.result()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 6


# %% wrong waits_for_an_event_on_the_loop gets loop-sleeps
import threading
from concurrent.futures import ThreadPoolExecutor


def build_orders(push, push_async):
    app, threads = FastAPI(), ThreadPoolExecutor(6)

    async def push_later(order_id: int):
        future, done = threads.submit(push, order_id), threading.Event()
        future.add_done_callback(lambda _: done.set())
        while not done.wait(0.01):
            await asyncio.sleep(0.05)
        future.result()

    @app.get("/health")
    def health():
        return "ok"

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(push_later, order_id)

    return app, 6
