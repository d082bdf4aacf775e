# %% starter
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        send_invoice(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% right reference
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    def invoice(order_id: int):
        send_invoice(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% right dependency
from typing import Annotated


def build_invoicing(send_invoice):
    app = FastAPI()

    def invoiced(order_id: int, tasks: BackgroundTasks) -> int:
        tasks.add_task(send_invoice, order_id)
        return order_id

    @app.post("/orders/{order_id}", status_code=202)
    def order(order_id: Annotated[int, Depends(invoiced)]):
        return order_id

    return app


# %% right lambda
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(lambda: send_invoice(order_id))
        return {"accepted": order_id}

    return app


# %% right on_the_response
from fastapi.responses import JSONResponse


def build_invoicing(send_invoice):
    app = FastAPI()

    @app.post("/orders/{order_id}")
    async def order(order_id: int):
        return JSONResponse({"accepted": order_id}, 202, background=BackgroundTask(send_invoice, order_id))

    return app


# %% right own_executor
from concurrent.futures import ThreadPoolExecutor


def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    threads = ThreadPoolExecutor(3)

    async def invoice(order_id: int):
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(threads, send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% right own_limiter
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    limiter = anyio.CapacityLimiter(2)

    async def invoice(order_id: int):
        await anyio.to_thread.run_sync(partial(send_invoice, order_id), limiter=limiter)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% right own_thread
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        threading.Thread(target=send_invoice, args=[order_id]).start()
        return {"accepted": order_id}

    return app


# %% right run_in_threadpool
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        await run_in_threadpool(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% right to_thread_of_asyncio
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        await asyncio.to_thread(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% right without_a_function
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(send_invoice, order_id)
        return {"accepted": order_id}

    return app


# %% right worker_in_the_lifespan
import contextlib
import queue


def build_invoicing(send_invoice) -> FastAPI:
    waiting = queue.SimpleQueue()

    def worker():
        while (order_id := waiting.get()) is not None:
            with contextlib.suppress(Exception):
                send_invoice(order_id)

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=worker)
        thread.start()
        yield
        waiting.put(None)
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders/{order_id}", status_code=202)
    def order(order_id: int):
        waiting.put(order_id)
        return {"accepted": order_id}

    return app


# %% right one_at_a_time
def build_invoicing(send_invoice) -> FastAPI:
    lock = asyncio.Lock()
    app = FastAPI()

    async def invoice(order_id: int):
        async with lock:
            await asyncio.to_thread(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% right polling_async
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        thread = threading.Thread(target=send_invoice, args=(order_id,))
        thread.start()
        while thread.is_alive():
            await asyncio.sleep(0.3)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% right polling_thread
import contextlib


def build_invoicing(send_invoice) -> FastAPI:
    waiting, ended = [], threading.Event()

    def work():
        while not ended.wait(0.4) or waiting:
            while waiting:
                with contextlib.suppress(Exception):
                    send_invoice(waiting.pop(0))

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=work)
        thread.start()
        yield
        ended.set()
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(waiting.append, order_id)
        return {"accepted": order_id}

    return app


# %% right thread_for_each
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    def invoice(order_id: int):
        thread = threading.Thread(target=send_invoice, args=(order_id,))
        thread.start()
        thread.join()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong awaited_in_the_endpoint gets client-waits
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        await run_in_threadpool(send_invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong in_a_def_endpoint gets client-waits
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}", status_code=202)
    def order(order_id: int, tasks: BackgroundTasks):
        send_invoice(order_id)
        return {"accepted": order_id}

    return app


# %% wrong async_lock gets waits-for-another
def build_invoicing(send_invoice) -> FastAPI:
    lock = asyncio.Lock()
    app = FastAPI()

    async def invoice(order_id: int):
        async with lock:
            await run_in_threadpool(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        async with lock:
            tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong awaited_middleware gets client-waits
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        await run_in_threadpool(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        await asyncio.create_task(invoice(order_id))
        return {"accepted": order_id}

    return app


# %% wrong second_client_waits gets waits-for-another breaks client
def build_invoicing(send_invoice) -> FastAPI:
    busy = []
    app = FastAPI()

    async def invoice(order_id: int):
        busy.append(1)
        try:
            await run_in_threadpool(send_invoice, order_id)
        finally:
            busy.pop()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        while busy:
            await asyncio.sleep(0.01)
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong async_in_thread gets failed
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        def later():
            loop = asyncio.get_running_loop()
            loop.call_soon(send_invoice, order_id)

        await run_in_threadpool(later)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong coroutine_added gets failed
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(run_in_threadpool(send_invoice, order_id))
        return {"accepted": order_id}

    return app


# %% wrong twice gets more-than-once
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    def invoice(order_id: int):
        send_invoice(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        tasks.add_task(send_invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong shared_list gets sent-with-others breaks invoice
from fastapi import BackgroundTasks, FastAPI


def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    pending = []

    def send_pending() -> None:
        for order_id in list(pending):
            try:
                send_invoice(order_id)
            finally:
                if order_id in pending:
                    pending.remove(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        pending.append(order_id)
        tasks.add_task(send_pending)
        return {"accepted": order_id}

    return app


# %% wrong not_awaited gets never-sent
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        asyncio.to_thread(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong nothing gets never-sent
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        pass

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong sync_around_async gets never-sent
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    def invoice(order_id: int):
        return run_in_threadpool(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong await_sync gets others-wait
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        await run_in_threadpool(send_invoice(order_id))

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong call_soon gets others-wait
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        asyncio.get_running_loop().call_soon(send_invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong called_in_to_thread gets others-wait
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        await asyncio.to_thread(send_invoice(order_id))

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong create_task gets others-wait
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        send_invoice(order_id)

    kept = set()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        task = asyncio.create_task(invoice(order_id))
        kept.add(task)
        return {"accepted": order_id}

    return app


# %% wrong in_the_endpoint gets others-wait
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        send_invoice(order_id)
        return {"accepted": order_id}

    return app


# %% wrong sleep_zero gets others-wait
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        await asyncio.sleep(0)
        send_invoice(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong still_blocking gets others-wait
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        return send_invoice(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong second_blocks gets others-wait
def build_invoicing(send_invoice) -> FastAPI:
    sent = []
    app = FastAPI()

    async def invoice(order_id: int):
        if sent:
            send_invoice(order_id)
        else:
            sent.append(1)
            await run_in_threadpool(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong text gets wrong-order
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    def invoice(order_id: int):
        send_invoice(f"order {order_id}")

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong number_as_text gets wrong-order
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        await run_in_threadpool(send_invoice, str(order_id))

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong busy_wait gets loop-sleeps
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        thread = threading.Thread(target=send_invoice, args=(order_id,))
        thread.start()
        while thread.is_alive():
            time.sleep(0.01)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong executor_result gets loop-waits
def build_invoicing(send_invoice) -> FastAPI:
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(2)
    app = FastAPI()

    async def invoice(order_id: int):
        pool.submit(send_invoice, order_id).result()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong thread_join gets loop-waits breaks others
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        thread = threading.Thread(target=send_invoice, args=(order_id,))
        thread.start()
        thread.join()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong latest gets mixed-up
def build_invoicing(send_invoice) -> FastAPI:
    latest = []
    app = FastAPI()

    async def invoice(order_id: int):
        await run_in_threadpool(send_invoice, latest[0])

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        latest[:] = [order_id]
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong default_limit_one gets no-thread-left
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        anyio.to_thread.current_default_thread_limiter().total_tokens = 1
        await run_in_threadpool(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong drop gets not-all-sent
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    busy = threading.Lock()

    def invoice(order_id: int):
        if busy.acquire(blocking=False):
            try:
                send_invoice(order_id)
            finally:
                busy.release()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong only_first gets not-all-sent breaks invoice
def build_invoicing(send_invoice) -> FastAPI:
    sent = []
    app = FastAPI()

    async def invoice(order_id: int):
        if not sent:
            sent.append(order_id)
            await run_in_threadpool(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong two_invoices_at_a_time gets waits-for-another breaks client
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    two = asyncio.Semaphore(2)

    async def invoice(order_id: int):
        try:
            await run_in_threadpool(send_invoice, order_id)
        finally:
            two.release()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        await two.acquire()
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong tries_again gets sent-again breaks invoice
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    def invoice(order_id: int):
        try:
            send_invoice(order_id)
        except Exception:
            send_invoice(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong tries_again_later gets sent-again breaks invoice
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        for _ in range(3):
            try:
                return await run_in_threadpool(send_invoice, order_id)
            except ConnectionError:
                await asyncio.sleep(0.1)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong worker_goes_home gets not-all-sent breaks invoice
def build_invoicing(send_invoice) -> FastAPI:
    waiting, ended = [], threading.Event()

    def work():
        while not ended.wait(0.2) and waiting:
            while waiting:
                send_invoice(waiting.pop(0))

    app = FastAPI()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int):
        waiting.append(order_id)
        if order_id == 7:
            threading.Thread(target=work).start()
        return {"accepted": order_id}

    return app


# %% wrong short_queue gets not-all-sent breaks invoice
import queue


def build_invoicing(send_invoice) -> FastAPI:
    jobs = queue.Queue(maxsize=6)

    def work():
        while (order_id := jobs.get()) is not None:
            send_invoice(order_id)

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=work)
        thread.start()
        yield
        await asyncio.to_thread(jobs.put, None)
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int):
        if not jobs.full():
            jobs.put_nowait(order_id)
        return {"accepted": order_id}

    return app


# %% right any_asgi_app
def build_invoicing(send_invoice):
    app = FastAPI()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(run_in_threadpool, send_invoice, order_id)
        return {"accepted": order_id}

    async def around(scope, receive, send):
        await app(scope, receive, send)

    return around


# %% wrong falsy_number gets not-all-sent breaks invoice
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    def invoice(order_id: int):
        if order_id:
            send_invoice(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong again_with_the_next gets sent-again breaks invoice
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    failed = []

    def invoice(order_id: int):
        for number in [order_id, *failed]:
            try:
                send_invoice(number)
            except Exception:
                failed.append(number)
                raise

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong worker_ends_with_an_error gets stopped-by-a-failure breaks invoice
import queue


def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    waiting = queue.SimpleQueue()

    def work():
        while True:
            send_invoice(waiting.get())

    threading.Thread(target=work, daemon=True).start()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(waiting.put, order_id)
        return {"accepted": order_id}

    return app


# %% wrong lock_kept gets stopped-by-a-failure breaks invoice
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    lock = asyncio.Lock()

    async def invoice(order_id: int):
        await lock.acquire()
        await run_in_threadpool(send_invoice, order_id)
        lock.release()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong looks_and_sleeps gets loop-sleeps breaks others
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        thread = threading.Thread(target=send_invoice, args=(order_id,))
        thread.start()
        while thread.is_alive():
            time.sleep(0.01)
            await asyncio.sleep(0)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong sleeps_after_a_failure gets loop-sleeps breaks others
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        try:
            await run_in_threadpool(send_invoice, order_id)
        except OSError as error:
            print("no invoice for order", order_id, error)
            time.sleep(0.5)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong batch_ends_with_a_failure gets stopped-by-a-failure breaks invoice
def build_invoicing(send_invoice):
    app = FastAPI()
    waiting = []
    guard, sending = threading.Lock(), threading.Lock()

    def invoice_all():
        with sending:
            with guard:
                batch = list(waiting)
                waiting.clear()
            for order_id in batch:
                send_invoice(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        with guard:
            waiting.append(order_id)
        tasks.add_task(invoice_all)
        return {"accepted": order_id}

    return app


# %% wrong bounded_queue gets loop-waits breaks others
import queue


def build_invoicing(send_invoice):
    app = FastAPI()
    orders = queue.Queue(maxsize=10)

    def work():
        while True:
            try:
                send_invoice(orders.get())
            except Exception:
                pass

    threading.Thread(target=work, daemon=True).start()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int):
        orders.put(order_id)
        return {"accepted": order_id}

    return app


# %% wrong lock_in_the_endpoint gets waits-for-another breaks client
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    lock = threading.Lock()
    count = 0

    def invoice(order_id: int):
        with lock:
            send_invoice(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    def order(order_id: int, tasks: BackgroundTasks):
        nonlocal count
        with lock:
            count += 1
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong sender_of_an_earlier_app gets earlier-app breaks invoice
import queue

_senders = []
_waiting = queue.Queue()


def _work():
    while True:
        order_id = _waiting.get()
        try:
            _senders[0](order_id)
        except Exception:
            pass


def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    if not _senders:
        for _ in range(4):
            threading.Thread(target=_work, daemon=True).start()
    _senders.append(send_invoice)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int):
        _waiting.put(order_id)
        return {"accepted": order_id}

    return app


# %% wrong busy gets refused breaks client
from fastapi import HTTPException


def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    busy = threading.Semaphore(10)

    def invoice(order_id: int):
        try:
            send_invoice(order_id)
        finally:
            busy.release()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        if not busy.acquire(blocking=False):
            raise HTTPException(503)
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong thread_lock_with_a_time_out gets loop-sleeps breaks others
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    one_at_a_time = threading.Lock()

    def send_and_release(order_id):
        try:
            send_invoice(order_id)
        finally:
            one_at_a_time.release()

    async def invoice(order_id: int):
        if one_at_a_time.acquire(timeout=1):
            await run_in_threadpool(send_and_release, order_id)
        else:
            await run_in_threadpool(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong thread_lock gets loop-waits breaks others
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    one_at_a_time = threading.Lock()

    async def invoice(order_id: int):
        with one_at_a_time:
            await run_in_threadpool(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong join_with_a_time_out gets loop-sleeps breaks others
def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        thread = threading.Thread(target=send_invoice, args=(order_id,))
        thread.start()
        thread.join(timeout=0.5)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% right lock_with_two_names
import threading

LOCK = threading.Lock()
ALIAS = LOCK


def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    def invoice(order_id: int):
        LOCK.acquire()
        assert ALIAS.locked()
        ALIAS.release()
        send_invoice(order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% right tries_at_once
import threading


def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    one = threading.Lock()

    def send(order_id):
        try:
            send_invoice(order_id)
        finally:
            one.release()

    async def invoice(order_id: int):
        while not one.acquire(blocking=False):
            await asyncio.sleep(0.02)
        await run_in_threadpool(send, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong tries_for_a_millisecond gets loop-sleeps
import threading


def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    one = threading.Lock()

    def send(order_id):
        try:
            send_invoice(order_id)
        finally:
            one.release()

    async def invoice(order_id: int):
        while not one.acquire(timeout=0.001):
            await asyncio.sleep(0.02)
        await run_in_threadpool(send, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong waits_for_a_condition gets loop-sleeps
import threading


def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    sent = threading.Condition()

    def send(order_id):
        try:
            send_invoice(order_id)
        finally:
            with sent:
                sent.notify_all()

    async def invoice(order_id: int):
        with sent:
            threading.Thread(target=send, args=(order_id,)).start()
            sent.wait(timeout=0.5)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong waits_for_a_simple_queue gets loop-sleeps
import queue, threading


def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        done = queue.SimpleQueue()
        threading.Thread(target=lambda: (send_invoice(order_id), done.put(1))).start()
        try:
            done.get(timeout=0.5)
        except queue.Empty:
            pass

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong rests_after_a_failure gets loop-sleeps
from time import sleep as rest


def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        try:
            await run_in_threadpool(send_invoice, order_id)
        except OSError as error:
            print("no invoice for order", order_id, error)
            rest(0.5)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong thread_ends_with_an_error gets stopped-by-a-failure breaks invoice
import queue
import threading
from fastapi import BackgroundTasks, FastAPI


def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()
    waiting: queue.Queue[int] = queue.Queue()

    def work():
        while True:
            send_invoice(waiting.get())

    threading.Thread(target=work, daemon=True).start()

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(waiting.put, order_id)
        return {"accepted": order_id}

    return app


# %% wrong waits_again_and_again gets loop-sleeps
import concurrent.futures

pool = concurrent.futures.ThreadPoolExecutor(40)


def build_invoicing(send_invoice) -> FastAPI:
    app = FastAPI()

    async def invoice(order_id: int):
        future = pool.submit(send_invoice, order_id)
        while not future.done():
            try:
                future.result(timeout=0.045)
            except concurrent.futures.TimeoutError:
                await asyncio.sleep(0)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app


# %% wrong sleeps_under_a_name_of_its_own gets loop-sleeps
def build_invoicing(send_invoice) -> FastAPI:
    from time import sleep

    app = FastAPI()

    async def invoice(order_id: int):
        sleep(0.02)
        await run_in_threadpool(send_invoice, order_id)

    @app.post("/orders/{order_id}", status_code=202)
    async def order(order_id: int, tasks: BackgroundTasks):
        tasks.add_task(invoice, order_id)
        return {"accepted": order_id}

    return app
