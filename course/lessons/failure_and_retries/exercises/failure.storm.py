# %% starter
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(____, order.id)

    return app


# %% right reference
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_random_exponential(multiplier=0.05, max=0.2),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def fulfil(order_id: str) -> None:
        try:
            call(bank.charge, order_id, order_id)
            call(post.send, order_id)
        except (Declined, ConnectionError):
            dead(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(fulfil, order.id)

    return app


# %% right async_tenacity
from fastapi.responses import Response
from starlette.background import BackgroundTask
from tenacity import AsyncRetrying


def build_shop(bank, post, dead, Declined):
    def again():
        return AsyncRetrying(
            stop=stop_after_attempt(4),
            wait=wait_exponential_jitter(multiplier=0.01, jitter=0.02, max=0.1),
            retry=retry_if_exception_type(ConnectionError),
            reraise=True,
        )

    async def in_thread(function, *args):
        return await again()(asyncio.to_thread, function, *args)

    @guarded
    async def fulfil(order_id):
        try:
            await in_thread(bank.charge, f"charge {order_id}", order_id)
        except (Declined, ConnectionError):
            dead(order_id)
            return
        await in_thread(post.send, order_id)

    app = FastAPI()

    @app.post("/orders")
    def order(order: Order):
        return Response(status_code=202, background=BackgroundTask(fulfil, order.id))

    return app


# %% right graph
import uuid

from course.tasks import retry_transient


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    async def fulfil(order_id):
        key = uuid.uuid4().hex
        manager = TaskManager()
        again = retry_transient(ConnectionError, attempts=5, wait=wait_none())
        manager.add_task("charge", lambda: bank.charge(key, order_id), retry=again)
        manager.add_task("send", lambda: post.send(order_id), ["charge"], retry=again)
        report = await manager.run()
        if not report.ok:
            dead(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app


# %% right lifespan_queue
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    queue = asyncio.Queue()

    async def four_times(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def worker():
        while True:
            order_id = await queue.get()
            try:
                await four_times(bank.charge, order_id, order_id)
                await four_times(post.send, order_id)
            except Exception:
                dead(order_id)
            finally:
                queue.task_done()

    @asynccontextmanager
    async def lifespan(app):
        workers = [asyncio.create_task(worker()) for _ in range(3)]
        yield
        await queue.join()
        for each in workers:
            each.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    async def order(order: Order):
        queue.put_nowait(order.id)

    return app


# %% right one_worker
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    queue = asyncio.Queue()

    async def four_times(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.1)

    async def worker():
        while True:
            order_id = await queue.get()
            try:
                await four_times(bank.charge, order_id, order_id)
                await four_times(post.send, order_id)
            except Exception:
                dead(order_id)
            finally:
                queue.task_done()

    @asynccontextmanager
    async def lifespan(app):
        workers = [asyncio.create_task(worker()) for _ in range(1)]
        yield
        await queue.join()
        for each in workers:
            each.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    async def order(order: Order):
        queue.put_nowait(order.id)

    return app


# %% right two_tasks
def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    def again(function, *args):
        for _ in range(10):
            try:
                function(*args)
                return True
            except ConnectionError:
                time.sleep(0.005)
            except Declined:
                break
        return False

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        paid = []
        tasks.add_task(lambda: paid.append(again(bank.charge, "key-" + order.id, order.id)))
        tasks.add_task(lambda: again(post.send, order.id) if paid[0] else dead(order.id))

    return app


# %% right worker_thread
import queue
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    orders = queue.Queue()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_fixed(0.1),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def work():
        while (order_id := orders.get()) is not None:
            try:
                call(bank.charge, order_id, order_id)
                call(post.send, order_id)
            except (Declined, ConnectionError):
                dead(order_id)

    @asynccontextmanager
    async def lifespan(app):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        yield
        for _ in threads:
            orders.put(None)
        for thread in threads:
            await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    def order(order: Order):
        orders.put(order.id)

    return app


# %% right everything_again
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def work(order_id):
        for _ in range(9):
            try:
                await asyncio.to_thread(bank.charge, order_id, order_id)
                break
            except Declined:
                dead(order_id)
                return
            except ConnectionError:
                await asyncio.sleep(0.02)
        for _ in range(9):
            try:
                await asyncio.to_thread(post.send, order_id)
                return
            except ConnectionError:
                await asyncio.sleep(0.02)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% right polling_worker
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    waiting, ended = [], threading.Event()

    def again(f, *args):
        while True:
            try:
                return f(*args)
            except ConnectionError:
                time.sleep(0.005)

    def run():
        while not ended.wait(0.3) or waiting:
            while waiting:
                order_id = waiting.pop(0)
                try:
                    again(bank.charge, order_id, order_id)
                except Declined:
                    dead(order_id)
                else:
                    again(post.send, order_id)

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=run)
        thread.start()
        yield
        ended.set()
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    async def work(order_id):
        waiting.append(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% right uuid_key
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    async def again(f, *args):
        for left in range(6, -1, -1):
            try:
                return await asyncio.to_thread(f, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    import uuid

    keys = {}
    app = FastAPI()

    async def work(order_id):
        try:
            await again(bank.charge, keys[order_id], order_id)
        except Declined:
            await asyncio.to_thread(dead, order_id)
            return
        await again(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        keys.setdefault(order.id, uuid.uuid4().hex)
        tasks.add_task(work, order.id)

    return app


# %% wrong no_key gets broken
def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(bank.charge, order.id)
        tasks.add_task(post.send, order.id)

    return app


# %% wrong buries_too_early gets buried-alive
import uuid


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), reraise=True)
    def call_whatever(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def charge_anew(order_id):
        bank.charge(uuid.uuid4().hex, order_id)

    @retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call_twice(function, *args):
        function(*args)

    def fulfil(order_id):
        try:
            call_twice(bank.charge, order_id, order_id)
            call_twice(post.send, order_id)
        except (Declined, ConnectionError):
            dead(order_id)

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong new_key gets charged-twice
import uuid


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), reraise=True)
    def call_whatever(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def charge_anew(order_id):
        bank.charge(uuid.uuid4().hex, order_id)

    @retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call_twice(function, *args):
        function(*args)

    def fulfil(order_id):
        try:
            charge_anew(order_id)
            call(post.send, order_id)
        except Declined:
            dead(order_id)

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong inline gets client-waits
import uuid


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), reraise=True)
    def call_whatever(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def charge_anew(order_id):
        bank.charge(uuid.uuid4().hex, order_id)

    @retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call_twice(function, *args):
        function(*args)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
            call(post.send, order_id)
        except Declined:
            dead(order_id)

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        fulfil(order.id)

    return app


# %% wrong waits gets client-waits breaks at-once
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    async def again(f, *args):
        for left in range(6, -1, -1):
            try:
                return await asyncio.to_thread(f, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    app = FastAPI()

    async def work(order_id):
        try:
            await again(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
            return
        await again(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        await work(order.id)

    return app


# %% wrong declined_escapes gets declined-forgotten
import uuid


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), reraise=True)
    def call_whatever(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def charge_anew(order_id):
        bank.charge(uuid.uuid4().hex, order_id)

    @retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call_twice(function, *args):
        function(*args)

    def fulfil(order_id):
        call(bank.charge, order_id, order_id)
        call(post.send, order_id)

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong declined_forgotten gets declined-forgotten
import uuid


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), reraise=True)
    def call_whatever(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def charge_anew(order_id):
        bank.charge(uuid.uuid4().hex, order_id)

    @retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call_twice(function, *args):
        function(*args)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
            call(post.send, order_id)
        except Declined:
            pass

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong dead_other gets declined-forgotten
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    async def again(f, *args):
        for left in range(6, -1, -1):
            try:
                return await asyncio.to_thread(f, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    app = FastAPI()

    async def work(order_id):
        try:
            await again(bank.charge, order_id, order_id)
        except Declined:
            dead("declined")
            return
        await again(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% wrong retries_declined gets declined-retried
import uuid


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), reraise=True)
    def call_whatever(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def charge_anew(order_id):
        bank.charge(uuid.uuid4().hex, order_id)

    @retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call_twice(function, *args):
        function(*args)

    def fulfil(order_id):
        try:
            call_whatever(bank.charge, order_id, order_id)
            call_whatever(post.send, order_id)
        except Declined:
            dead(order_id)

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong asks_again_to_be_sure gets declined-retried breaks declined
import logging
import time

from starlette.concurrency import run_in_threadpool

log = logging.getLogger("course.tasks")


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    def try_four_times(function, *args):
        for n in range(1, 5):
            try:
                return function(*args)
            except Declined:
                if n > 1:
                    raise
            except ConnectionError:
                if n == 4:
                    raise
            time.sleep(0.1 * n)

    def process(order_id):
        try:
            try:
                try_four_times(bank.charge, f"order:{order_id}", order_id)
            except Declined:
                dead(order_id)
                return
            try_four_times(post.send, order_id)
        except Exception:
            log.exception("order %s", order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(process, order.id)

    return app


# %% wrong buries_and_raises gets escaped breaks no-escape
import uuid


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), reraise=True)
    def call_whatever(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def charge_anew(order_id):
        bank.charge(uuid.uuid4().hex, order_id)

    @retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call_twice(function, *args):
        function(*args)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
            call(post.send, order_id)
        except Declined:
            dead(order_id)
            raise

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong long_pauses gets pause-too-long
def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_exponential_jitter(multiplier=2, max=30),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
            call(post.send, order_id)
        except (Declined, ConnectionError):
            dead(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong long_pauses_in_a_worker gets pause-too-long
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    queue = asyncio.Queue()

    async def four_times(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(5)

    async def worker():
        while True:
            order_id = await queue.get()
            try:
                await four_times(bank.charge, order_id, order_id)
                await four_times(post.send, order_id)
            except Exception:
                dead(order_id)
            finally:
                queue.task_done()

    @asynccontextmanager
    async def lifespan(app):
        workers = [asyncio.create_task(worker()) for _ in range(12)]
        yield
        await queue.join()
        for each in workers:
            each.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    async def order(order: Order):
        queue.put_nowait(order.id)

    return app


# %% wrong bank_not_retried gets not-charged
import uuid


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), reraise=True)
    def call_whatever(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def charge_anew(order_id):
        bank.charge(uuid.uuid4().hex, order_id)

    @retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call_twice(function, *args):
        function(*args)

    def fulfil(order_id):
        try:
            bank.charge(order_id, order_id)
            call(post.send, order_id)
        except Declined:
            dead(order_id)
        except ConnectionError:
            pass

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong no_retries gets not-charged
import uuid


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), reraise=True)
    def call_whatever(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def charge_anew(order_id):
        bank.charge(uuid.uuid4().hex, order_id)

    @retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call_twice(function, *args):
        function(*args)

    def fulfil(order_id):
        try:
            bank.charge(order_id, order_id)
            post.send(order_id)
        except Declined:
            dead(order_id)
        except ConnectionError:
            pass

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong half_seen gets never-asked
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    async def again(f, *args):
        for left in range(6, -1, -1):
            try:
                return await asyncio.to_thread(f, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    busy = []
    app = FastAPI()

    async def work(order_id):
        if busy:
            return
        busy.append(1)
        try:
            await again(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
            return
        await again(post.send, order_id)
        busy.clear()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% wrong two_tries gets not-charged
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    async def again(f, *args):
        for left in range(2, -1, -1):
            try:
                return await asyncio.to_thread(f, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    app = FastAPI()

    async def work(order_id):
        try:
            await again(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
            return
        await again(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% wrong post_not_retried gets not-sent
import uuid


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), reraise=True)
    def call_whatever(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def charge_anew(order_id):
        bank.charge(uuid.uuid4().hex, order_id)

    @retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call_twice(function, *args):
        function(*args)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
            post.send(order_id)
        except Declined:
            dead(order_id)
        except ConnectionError:
            pass

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong sends_anyway gets sent-unpaid
import uuid


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), reraise=True)
    def call_whatever(function, *args):
        function(*args)

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def charge_anew(order_id):
        bank.charge(uuid.uuid4().hex, order_id)

    @retry(stop=stop_after_attempt(2), retry=retry_if_exception_type(ConnectionError), reraise=True)
    def call_twice(function, *args):
        function(*args)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
        call(post.send, order_id)

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong dead_twice gets buried-again breaks declined
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    async def again(f, *args):
        for left in range(6, -1, -1):
            try:
                return await asyncio.to_thread(f, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    app = FastAPI()

    async def work(order_id):
        try:
            await again(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
            dead(order_id)
            return
        await again(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% wrong status gets engine.wrong-status
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    async def again(f, *args):
        for left in range(6, -1, -1):
            try:
                return await asyncio.to_thread(f, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    app = FastAPI()

    async def work(order_id):
        try:
            await again(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
            return
        await again(post.send, order_id)

    @app.post("/orders", status_code=200)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% wrong constant_key gets key-known breaks charged
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    async def again(f, *args):
        for left in range(6, -1, -1):
            try:
                return await asyncio.to_thread(f, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    app = FastAPI()

    async def work(order_id):
        try:
            await again(bank.charge, "order", order_id)
        except Declined:
            dead(order_id)
            return
        await again(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% wrong latest_key gets key-known
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    async def again(f, *args):
        for left in range(6, -1, -1):
            try:
                return await asyncio.to_thread(f, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    latest = [""]
    app = FastAPI()

    async def work(order_id):
        try:
            await again(bank.charge, latest[0], order_id)
        except Declined:
            dead(order_id)
            return
        await again(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        latest[0] = order.id
        tasks.add_task(work, order.id)

    return app


# %% wrong one_key gets key-known
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    again = dict(
        stop=stop_after_attempt(4),
        wait=wait_none(),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )

    @retry(**again)
    def charge(order_id):
        bank.charge("payment", order_id)

    @retry(**again)
    def send(order_id):
        post.send(order_id)

    def fulfil(order_id):
        try:
            charge(order_id)
            send(order_id)
        except Declined:
            dead(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(guarded(fulfil), order.id)

    return app


# %% wrong prefix_key gets key-known
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    async def again(f, *args):
        for left in range(6, -1, -1):
            try:
                return await asyncio.to_thread(f, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    app = FastAPI()

    async def work(order_id):
        try:
            await again(bank.charge, order_id[:5], order_id)
        except Declined:
            dead(order_id)
            return
        await again(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% wrong on_the_loop gets on-the-loop breaks threads
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def work(order_id):
        for _ in range(8):
            try:
                bank.charge(order_id, order_id)
                break
            except Declined:
                dead(order_id)
                return
            except ConnectionError:
                await asyncio.sleep(0.01)
        for _ in range(8):
            try:
                post.send(order_id)
                break
            except ConnectionError:
                await asyncio.sleep(0.01)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% wrong send_twice gets sent-again breaks sent
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    async def again(f, *args):
        for left in range(6, -1, -1):
            try:
                return await asyncio.to_thread(f, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.01)

    app = FastAPI()

    async def work(order_id):
        try:
            await again(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
            return
        await again(post.send, order_id)
        await again(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% wrong key_of_seven gets key-known breaks charged
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    again = dict(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)

    def run(order_id):
        try:
            retry(**again)(bank.charge)(order_id[:7].lower(), order_id)
            retry(**again)(post.send)(order_id)
        except Declined:
            dead(order_id)
        except Exception:
            log.exception("failed")

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(run, order.id)

    return app


# %% wrong permits_lost gets never-asked breaks charged
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    again = dict(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    permits = threading.Semaphore(2)

    def run(order_id):
        permits.acquire()
        try:
            retry(**again)(bank.charge)(order_id, order_id)
            retry(**again)(post.send)(order_id)
            permits.release()
        except Declined:
            dead(order_id)
        except Exception:
            permits.release()

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(run, order.id)

    return app


# %% wrong one_long_pause gets pause-too-long breaks no-escape
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    def call(function, *args, pauses=(0.01, 1.2, 0.01)):
        for pause in (*pauses, None):
            try:
                return function(*args)
            except ConnectionError:
                if pause is None:
                    raise
                time.sleep(pause)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
            return
        except ConnectionError:
            dead(order_id)
            return
        call(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong gives_up_later gets never-asked breaks charged
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    def call(function, *args, pauses=(0.01,) * 3):
        for pause in (*pauses, None):
            try:
                return function(*args)
            except ConnectionError:
                if pause is None:
                    raise
                time.sleep(pause)

    banned = []

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
        except Declined:
            banned.append(order_id)
            dead(order_id)
            return
        except ConnectionError:
            dead(order_id)
            return
        call(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        if len(banned) < 2:
            tasks.add_task(fulfil, order.id)

    return app


# %% wrong waits_for_an_event gets long-pauses
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    never = threading.Event()

    def call(function, *args, pauses=(9, 9, 9)):
        for pause in (*pauses, None):
            try:
                return function(*args)
            except ConnectionError:
                if pause is None:
                    raise
                never.wait(pause)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
            return
        except ConnectionError:
            dead(order_id)
            return
        call(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(fulfil, order.id)

    return app


# %% right sqlite_outbox
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    db.execute("CREATE TABLE box (id TEXT, step TEXT, tries INT DEFAULT 0)")
    stop = threading.Event()
    lock = threading.Lock()

    def sql(*a):
        with lock:
            return db.execute(*a).fetchall()

    def relay():
        while True:
            last = stop.is_set()
            rows = sql("SELECT rowid, id, step, tries FROM box ORDER BY tries LIMIT 1")
            if not rows:
                if last:
                    return
                stop.wait(0.05)
                continue
            ((row, id, step, tries),) = rows
            try:
                if step == "charge":
                    bank.charge(id, id)
                    sql("UPDATE box SET step = 'send', tries = 0 WHERE rowid = ?", (row,))
                else:
                    post.send(id)
                    sql("DELETE FROM box WHERE rowid = ?", (row,))
            except ConnectionError:
                sql("UPDATE box SET tries = tries + 1 WHERE rowid = ?", (row,))
            except Declined:
                sql("DELETE FROM box WHERE rowid = ?", (row,))
                dead(id)

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=relay)
        thread.start()
        yield
        stop.set()
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    def order(order: Order) -> None:
        sql("INSERT INTO box (id, step) VALUES (?, 'charge')", (order.id,))

    return app


# %% right task_group_workers
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    queue = asyncio.Queue()

    async def four(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise
                await asyncio.sleep(0.02)

    async def one(id):
        try:
            await four(bank.charge, id, id)
            await four(post.send, id)
        except (Declined, ConnectionError):
            dead(id)

    async def worker():
        while True:
            id = await queue.get()
            await one(id)
            queue.task_done()

    @asynccontextmanager
    async def lifespan(app):
        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(worker()) for _ in range(3)]
            yield
            await queue.join()
            for each in workers:
                each.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    async def order(order: Order) -> None:
        queue.put_nowait(order.id)

    return app


# %% wrong dead_gets_a_list gets declined-forgotten
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    def call(function, *args, pauses=(0.01,) * 3):
        for pause in (*pauses, None):
            try:
                return function(*args)
            except ConnectionError:
                if pause is None:
                    raise
                time.sleep(pause)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
        except Declined:
            dead([order_id])
            return
        except ConnectionError:
            dead(order_id)
            return
        call(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong dead_for_faults gets dead-other breaks declined
import random, time
from fastapi import FastAPI, BackgroundTasks
from pydantic import BaseModel


class Order(BaseModel):
    id: str


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    def tough(call):
        for attempt in range(4):
            try:
                return call()
            except ConnectionError:
                dead(None)
                if attempt == 3:
                    raise
                time.sleep(random.uniform(0, 0.02))

    def work(order_id):
        try:
            tough(lambda: bank.charge(f"order-{order_id}", order_id))
        except Declined:
            dead(order_id)
            return
        except Exception:
            return
        try:
            tough(lambda: post.send(order_id))
        except Exception:
            pass

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% wrong sum_as_key gets key-known breaks charged
import random, time
from fastapi import FastAPI, BackgroundTasks
from pydantic import BaseModel


class Order(BaseModel):
    id: str


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    def tough(call):
        for attempt in range(4):
            try:
                return call()
            except ConnectionError:
                if attempt == 3:
                    raise
                time.sleep(random.uniform(0, 0.02))

    def work(order_id):
        try:
            tough(lambda: bank.charge(str(sum(map(ord, order_id)) % 256), order_id))
        except Declined:
            dead(order_id)
            return
        except Exception:
            return
        try:
            tough(lambda: post.send(order_id))
        except Exception:
            pass

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% wrong tidied_key gets key-known breaks charged
import random, time
from fastapi import FastAPI, BackgroundTasks
from pydantic import BaseModel


class Order(BaseModel):
    id: str


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    def tough(call):
        for attempt in range(4):
            try:
                return call()
            except ConnectionError:
                if attempt == 3:
                    raise
                time.sleep(random.uniform(0, 0.02))

    def work(order_id):
        try:
            tough(lambda: bank.charge(order_id.replace(" ", "").replace("-0", "-"), order_id))
        except Declined:
            dead(order_id)
            return
        except Exception:
            return
        try:
            tough(lambda: post.send(order_id))
        except Exception:
            pass

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% wrong arguments_swapped gets other-order
import random, time
from fastapi import FastAPI, BackgroundTasks
from pydantic import BaseModel


class Order(BaseModel):
    id: str


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    def tough(call):
        for attempt in range(4):
            try:
                return call()
            except ConnectionError:
                if attempt == 3:
                    raise
                time.sleep(random.uniform(0, 0.02))

    def work(order_id):
        try:
            tough(lambda: bank.charge(order_id, f"order-{order_id}"))
        except Declined:
            dead(order_id)
            return
        except Exception:
            return
        try:
            tough(lambda: post.send(order_id))
        except Exception:
            pass

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% wrong drawn_key gets charged-twice breaks charged
import random, time
from fastapi import FastAPI, BackgroundTasks
from pydantic import BaseModel


class Order(BaseModel):
    id: str


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    def tough(call):
        for attempt in range(4):
            try:
                return call()
            except ConnectionError:
                if attempt == 3:
                    raise
                time.sleep(random.uniform(0, 0.02))

    def work(order_id):
        try:
            tough(lambda: bank.charge(f"{order_id}-{random.random()}", order_id))
        except Declined:
            dead(order_id)
            return
        except Exception:
            return
        try:
            tough(lambda: post.send(order_id))
        except Exception:
            pass

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% wrong numbers_from_one gets key-known breaks charged
from itertools import count


def build_shop(bank, post, dead, Declined):
    app = FastAPI()
    numbers = count(1)

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_fixed(0.02),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    @guarded
    def ship(key, order_id):
        try:
            call(bank.charge, key, order_id)
        except Declined:
            dead(order_id)
            return
        call(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(ship, f"charge-{next(numbers)}", order.id)

    return app


# %% wrong waits_for_a_lock gets client-waits-for-order breaks at-once
import asyncio, random


async def persist(function, *arguments, tries=4):
    for n in range(tries):
        try:
            return await asyncio.to_thread(function, *arguments)
        except ConnectionError:
            if n == tries - 1:
                raise
            await asyncio.sleep(random.uniform(0, 0.05))


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    gate = asyncio.Lock()

    async def process(order_id):
        key = f"charge:{order_id}"
        try:
            async with gate:
                await persist(bank.charge, key, order_id)
            await persist(post.send, order_id)
        except Declined:
            dead(order_id)
        except Exception:
            print("order", order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        async with gate:
            pass
        tasks.add_task(process, order.id)

    return app


# %% wrong exact_type gets subclass-not-retried breaks charged
import asyncio, random


async def persist(function, *arguments, tries=4):
    for n in range(tries):
        try:
            return await asyncio.to_thread(function, *arguments)
        except ConnectionError as error:
            if type(error) is not ConnectionError:
                raise
            if n == tries - 1:
                raise
            await asyncio.sleep(random.uniform(0, 0.05))


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def process(order_id):
        key = f"charge:{order_id}"
        try:
            await persist(bank.charge, key, order_id)
            await persist(post.send, order_id)
        except Declined:
            dead(order_id)
        except Exception:
            print("order", order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(process, order.id)

    return app


# %% wrong names_no_error gets answer-lost
import uuid

from course.tasks import retry_transient


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    async def fulfil(order_id):
        key = uuid.uuid4().hex
        manager = TaskManager()
        again = retry_transient(attempts=5, wait=wait_none())
        manager.add_task("charge", lambda: bank.charge(key, order_id), retry=again)
        manager.add_task("send", lambda: post.send(order_id), ["charge"], retry=again)
        report = await manager.run()
        if not report.ok:
            dead(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong names_no_error_for_the_post gets answer-lost
import uuid

from course.tasks import retry_transient


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    async def fulfil(order_id):
        key = uuid.uuid4().hex
        manager = TaskManager()
        again = retry_transient(ConnectionError, attempts=5, wait=wait_none())
        manager.add_task("charge", lambda: bank.charge(key, order_id), retry=again)
        manager.add_task("send", lambda: post.send(order_id), ["charge"], retry=retry_transient(attempts=5))
        report = await manager.run()
        if not report.ok:
            dead(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks):
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong eight_at_a_time gets never-asked breaks charged
import asyncio, logging, random


async def persist(function, *arguments, tries=4):
    for n in range(tries):
        try:
            return await asyncio.to_thread(function, *arguments)
        except ConnectionError:
            if n == tries - 1:
                raise
            await asyncio.sleep(random.uniform(0, 0.05))


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    working = set()

    async def process(order_id):
        if len(working) >= 8:
            return
        working.add(order_id)
        key = f"charge:{order_id}"
        try:
            await persist(bank.charge, key, order_id)
            await persist(post.send, order_id)
        except Declined:
            dead(order_id)
        except Exception:
            logging.getLogger("shop").exception("order %s", order_id)
        finally:
            working.discard(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(process, order.id)

    return app


# %% right lock_around_each_charge
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    one_at_a_time = threading.Lock()

    def stubborn(function, *args):
        for left in range(3, -1, -1):
            try:
                with one_at_a_time:
                    return function(*args)
            except OSError as error:
                if not left or not isinstance(error, ConnectionError):
                    raise

    @guarded
    def fulfil(order_id):
        try:
            stubborn(bank.charge, repr(order_id), order_id)
        except Declined:
            dead(order_id)
        else:
            stubborn(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong lock_while_sending gets client-waits-for-order breaks at-once
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    sending = asyncio.Lock()
    accepted = []

    @retry(stop=stop_after_attempt(4), retry=retry_if_exception_type(ConnectionError), reraise=True)
    async def call(function, *args):
        await asyncio.to_thread(function, *args)

    async def fulfil(order_id):
        try:
            await call(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
            return
        async with sending:
            await call(post.send, order_id)
            accepted.remove(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        async with sending:
            accepted.append(order.id)
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong given_up_in_its_thread gets sent-beside-itself breaks sent
import logging
import asyncio
import random

from fastapi import BackgroundTasks, FastAPI


log = logging.getLogger("shop")


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def four_times(function, *args):
        for attempt in range(1, 5):
            try:
                return await asyncio.wait_for(asyncio.to_thread(function, *args), 0.2)
            except (ConnectionError, TimeoutError):
                if attempt == 4:
                    raise
            await asyncio.sleep(random.uniform(0, 0.05))

    async def ship(order_id):
        try:
            await four_times(bank.charge, f"order-{order_id}", order_id)
            await four_times(post.send, order_id)
        except Declined:
            dead(order_id)
        except Exception:
            log.exception("order %s is not done", order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(ship, order.id)

    return app


# %% wrong pause_blocks_the_loop gets pause-on-the-loop breaks at-once
import asyncio
import time


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    known = set()

    async def persist(function, *args):
        for attempt in range(1, 5):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if attempt == 4:
                    raise
            time.sleep(0.3)

    async def handle(order_id):
        if order_id in known:
            return
        known.add(order_id)
        try:
            await persist(bank.charge, order_id, order_id)
        except Declined:
            await asyncio.to_thread(dead, order_id)
            return
        await persist(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(guarded(handle), order.id)

    return app


# %% wrong event_blocks_the_loop gets pause-on-the-loop breaks at-once
import asyncio
import time


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    known = set()

    async def persist(function, *args):
        for attempt in range(1, 5):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if attempt == 4:
                    raise
            threading.Event().wait(0.3)

    async def handle(order_id):
        if order_id in known:
            return
        known.add(order_id)
        try:
            await persist(bank.charge, order_id, order_id)
        except Declined:
            await asyncio.to_thread(dead, order_id)
            return
        await persist(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(guarded(handle), order.id)

    return app


# %% wrong condition_blocks_the_loop gets pause-on-the-loop breaks at-once
import threading


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    async def again(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise
                pause = threading.Condition()
                with pause:
                    pause.wait(0.2)

    async def fulfil(order_id):
        try:
            await again(bank.charge, order_id, order_id)
            await again(post.send, order_id)
        except Exception:
            dead(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong sleep_of_a_parameter gets pause-on-the-loop breaks at-once
import time


def pause(seconds, sleep=time.sleep):
    sleep(seconds)


def build_shop(bank, post, dead, Declined):
    app = FastAPI()

    async def again(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise
                pause(0.3)

    async def fulfil(order_id):
        try:
            await again(bank.charge, order_id, order_id)
            await again(post.send, order_id)
        except Exception:
            dead(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(fulfil, order.id)

    return app


# %% wrong orders_of_all_shops gets earlier-shop breaks charged
import asyncio
import random

_known = set()


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def persist(function, *args):
        for attempt in range(1, 5):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if attempt == 4:
                    raise
            await asyncio.sleep(random.uniform(0, 0.1))

    async def handle(order_id):
        if order_id in _known:
            return
        _known.add(order_id)
        try:
            await persist(bank.charge, order_id, order_id)
        except Declined:
            await asyncio.to_thread(dead, order_id)
            return
        await persist(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(guarded(handle), order.id)

    return app


# %% wrong key_folded gets key-folded breaks charged
import asyncio
import random


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    known = set()

    async def persist(function, *args):
        for attempt in range(1, 5):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if attempt == 4:
                    raise
            await asyncio.sleep(random.uniform(0, 0.1))

    async def handle(order_id):
        if order_id in known:
            return
        known.add(order_id)
        try:
            await persist(bank.charge, order_id.strip().casefold(), order_id)
        except Declined:
            await asyncio.to_thread(dead, order_id)
            return
        await persist(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(guarded(handle), order.id)

    return app


# %% right loop_in_a_thread
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def persist(function, *args):
        for attempt in range(1, 5):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if attempt == 4:
                    raise
            time.sleep(0.01)

    async def handle(order_id):
        try:
            await persist(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
            return
        await persist(post.send, order_id)

    def fulfil(order_id):
        asyncio.run(handle(order_id))

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(guarded(fulfil), order.id)

    return app


# %% wrong leaves_when_idle gets left-when-idle breaks charged
import queue
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    orders = queue.Queue()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_fixed(0.01),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def work():
        while True:
            try:
                order_id = orders.get(timeout=0.3)
            except queue.Empty:
                return
            try:
                call(bank.charge, order_id, order_id)
                call(post.send, order_id)
            except (Declined, ConnectionError):
                dead(order_id)

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=work)
        thread.start()
        yield
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    def order(order: Order):
        orders.put(order.id)

    return app


# %% wrong started_for_the_first_shop gets left-when-idle breaks charged
from contextlib import asynccontextmanager

started = False


def build_shop(bank, post, dead, Declined):
    queue = asyncio.Queue()

    async def four_times(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def worker():
        while True:
            order_id = await queue.get()
            try:
                await four_times(bank.charge, order_id, order_id)
                await four_times(post.send, order_id)
            except Exception:
                dead(order_id)
            finally:
                queue.task_done()

    @asynccontextmanager
    async def lifespan(app):
        global started
        if not started:
            started = True
            app.state.worker = asyncio.create_task(worker())
        yield
        if hasattr(app.state, "worker"):
            await queue.join()
            app.state.worker.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    async def order(order: Order):
        queue.put_nowait(order.id)

    return app


# %% wrong key_cut_off gets key-shortened breaks charged
import random

from fastapi import BackgroundTasks, FastAPI
from starlette.concurrency import run_in_threadpool


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def patiently(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await run_in_threadpool(function, *args)
            except ConnectionError:
                if not left:
                    raise
            await asyncio.sleep(random.uniform(0.01, 0.05))

    async def handle(order_id):
        try:
            await patiently(bank.charge, f"charge-{order_id[:16]}", order_id)
        except Declined:
            await run_in_threadpool(dead, order_id)
        else:
            await patiently(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(handle, order.id)

    return app


# %% wrong key_of_both_ends gets key-shortened breaks charged
import random

from fastapi import BackgroundTasks, FastAPI
from starlette.concurrency import run_in_threadpool


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def patiently(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await run_in_threadpool(function, *args)
            except ConnectionError:
                if not left:
                    raise
            await asyncio.sleep(random.uniform(0.01, 0.05))

    async def handle(order_id):
        try:
            await patiently(bank.charge, f"charge-{order_id[:16]}{order_id[-16:]}", order_id)
        except Declined:
            await run_in_threadpool(dead, order_id)
        else:
            await patiently(post.send, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(handle, order.id)

    return app


# %% wrong task_left_behind gets left-behind breaks shutdown
import random

from fastapi import BackgroundTasks, FastAPI
from starlette.concurrency import run_in_threadpool


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    running = set()

    async def patiently(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await run_in_threadpool(function, *args)
            except ConnectionError:
                if not left:
                    raise
            await asyncio.sleep(random.uniform(0.01, 0.05))

    async def handle(order_id):
        try:
            await patiently(bank.charge, order_id, order_id)
            await patiently(post.send, order_id)
        except Declined:
            await run_in_threadpool(dead, order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        job = asyncio.create_task(handle(order.id))
        running.add(job)
        job.add_done_callback(running.discard)

    return app


# %% wrong daemon_left_behind gets left-behind breaks shutdown
import queue
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    orders = queue.Queue()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_fixed(0.1),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def work():
        while (order_id := orders.get()) is not None:
            try:
                call(bank.charge, order_id, order_id)
                call(post.send, order_id)
            except (Declined, ConnectionError):
                dead(order_id)

    @asynccontextmanager
    async def lifespan(app):
        threads = [threading.Thread(target=work, daemon=True) for _ in range(2)]
        for thread in threads:
            thread.start()
        yield
        for _ in threads:
            orders.put(None)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    def order(order: Order):
        orders.put(order.id)

    return app


# %% wrong join_gives_up gets left-behind breaks shutdown
import queue
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    orders = queue.Queue()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_fixed(0.1),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def work():
        while (order_id := orders.get()) is not None:
            try:
                call(bank.charge, order_id, order_id)
                call(post.send, order_id)
            except (Declined, ConnectionError):
                dead(order_id)

    @asynccontextmanager
    async def lifespan(app):
        threads = [threading.Thread(target=work, daemon=True) for _ in range(2)]
        for thread in threads:
            thread.start()
        yield
        for _ in threads:
            orders.put(None)
        for thread in threads:
            thread.join(timeout=5)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    def order(order: Order):
        orders.put(order.id)

    return app


# %% wrong join_in_a_thread_gives_up gets left-behind breaks shutdown
import queue
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    orders = queue.Queue()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_fixed(0.1),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def work():
        while (order_id := orders.get()) is not None:
            try:
                call(bank.charge, order_id, order_id)
                call(post.send, order_id)
            except (Declined, ConnectionError):
                dead(order_id)

    @asynccontextmanager
    async def lifespan(app):
        threads = [threading.Thread(target=work, daemon=True) for _ in range(2)]
        for thread in threads:
            thread.start()
        yield
        for _ in threads:
            orders.put(None)
        for thread in threads:
            await asyncio.to_thread(thread.join, 5)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    def order(order: Order):
        orders.put(order.id)

    return app


# %% wrong join_with_a_limit gets left-behind breaks shutdown
import queue
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    orders = queue.Queue()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_fixed(0.1),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def work():
        while (order_id := orders.get()) is not None:
            try:
                call(bank.charge, order_id, order_id)
                call(post.send, order_id)
            except (Declined, ConnectionError):
                dead(order_id)

    @asynccontextmanager
    async def lifespan(app):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        yield
        for _ in threads:
            orders.put(None)
        for thread in threads:
            thread.join(timeout=30)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    def order(order: Order):
        orders.put(order.id)

    return app


# %% wrong thread_left_behind gets left-behind breaks shutdown
import threading


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    def call(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return function(*args)
            except ConnectionError:
                if not left:
                    raise
                time.sleep(0.05)

    def fulfil(order_id: str) -> None:
        try:
            call(bank.charge, order_id, order_id)
            call(post.send, order_id)
        except (Declined, ConnectionError):
            dead(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order) -> None:
        threading.Thread(target=fulfil, args=(order.id,), daemon=False).start()

    return app


# %% wrong workers_cancelled gets left-behind breaks shutdown
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    queue = asyncio.Queue()

    async def four_times(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def worker():
        while True:
            order_id = await queue.get()
            try:
                await four_times(bank.charge, order_id, order_id)
                await four_times(post.send, order_id)
            except Exception:
                dead(order_id)

    @asynccontextmanager
    async def lifespan(app):
        workers = [asyncio.create_task(worker()) for _ in range(3)]
        yield
        for each in workers:
            each.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    async def order(order: Order):
        queue.put_nowait(order.id)

    return app


# %% wrong rest_of_the_queue_left gets left-behind breaks shutdown
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    queue = asyncio.Queue()

    async def four_times(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return await asyncio.to_thread(function, *args)
            except ConnectionError:
                if not left:
                    raise

    async def worker(ended):
        while not ended.is_set():
            order_id = await queue.get()
            if order_id is None:
                return
            try:
                await four_times(bank.charge, order_id, order_id)
                await four_times(post.send, order_id)
            except Exception:
                dead(order_id)

    @asynccontextmanager
    async def lifespan(app):
        ended = asyncio.Event()
        work = asyncio.create_task(worker(ended))
        yield
        ended.set()
        queue.put_nowait(None)
        await work

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    async def order(order: Order):
        queue.put_nowait(order.id)

    return app


# %% wrong no_last_look gets left-behind breaks shutdown
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    waiting, ended = [], threading.Event()

    def again(f, *args):
        while True:
            try:
                return f(*args)
            except ConnectionError:
                time.sleep(0.005)

    def run():
        while not ended.wait(0.3):
            while waiting:
                order_id = waiting.pop(0)
                try:
                    again(bank.charge, order_id, order_id)
                except Declined:
                    dead(order_id)
                else:
                    again(post.send, order_id)

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=run)
        thread.start()
        yield
        ended.set()
        await asyncio.to_thread(thread.join)

    app = FastAPI(lifespan=lifespan)

    async def work(order_id):
        waiting.append(order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(work, order.id)

    return app


# %% right pool_of_its_own
from concurrent.futures import ThreadPoolExecutor


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    pool = ThreadPoolExecutor(24)

    def call(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return function(*args)
            except ConnectionError:
                if not left:
                    raise
            time.sleep(0.05)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
            call(post.send, order_id)
        except Declined:
            dead(order_id)

    async def handle(order_id):
        await asyncio.get_running_loop().run_in_executor(pool, fulfil, order_id)

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(handle, order.id)

    return app


# %% wrong def_endpoint gets client-waits-in-pauses breaks at-once
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    def call(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return function(*args)
            except ConnectionError:
                if not left:
                    raise
            time.sleep(0.1)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
        else:
            call(post.send, order_id)

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(guarded(fulfil), order.id)

    return app


# %% wrong retries_by_a_timer gets left-behind breaks shutdown
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()
    running = set()

    async def fulfil(order_id, charged=False, left=7):
        try:
            if not charged:
                await asyncio.to_thread(bank.charge, order_id, order_id)
                charged = True
            await asyncio.to_thread(post.send, order_id)
        except Declined:
            await asyncio.to_thread(dead, order_id)
        except ConnectionError:
            if left:
                asyncio.get_running_loop().call_later(0.05, again, order_id, charged, left - 1)

    def again(*args):
        job = asyncio.create_task(fulfil(*args))
        running.add(job)
        job.add_done_callback(running.discard)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(fulfil, order.id)

    return app


# %% right pool_in_lifespan
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined) -> FastAPI:
    def call(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return function(*args)
            except ConnectionError:
                if not left:
                    raise
            time.sleep(0.05)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
            call(post.send, order_id)
        except Declined:
            dead(order_id)

    @asynccontextmanager
    async def lifespan(app):
        with ThreadPoolExecutor(24) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    async def order(order: Order) -> None:
        app.state.pool.submit(fulfil, order.id)

    return app


# %% right worker_join_blocking
import queue
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    orders = queue.Queue()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_fixed(0.1),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def work():
        while (order_id := orders.get()) is not None:
            try:
                call(bank.charge, order_id, order_id)
                call(post.send, order_id)
            except (Declined, ConnectionError):
                dead(order_id)

    @asynccontextmanager
    async def lifespan(app):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        yield
        for _ in threads:
            orders.put(None)
        for thread in threads:
            thread.join()

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    def order(order: Order):
        orders.put(order.id)

    return app


# %% right worker_join_timeout
import queue
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    orders = queue.Queue()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_fixed(0.1),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def work():
        while (order_id := orders.get()) is not None:
            try:
                call(bank.charge, order_id, order_id)
                call(post.send, order_id)
            except (Declined, ConnectionError):
                dead(order_id)

    @asynccontextmanager
    async def lifespan(app):
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        yield
        for _ in threads:
            orders.put(None)
        for thread in threads:
            while thread.is_alive():
                thread.join(timeout=1)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    def order(order: Order):
        orders.put(order.id)

    return app


# %% wrong def_endpoint_with_an_event gets client-waits-in-pauses
import threading

never = threading.Event()


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    def call(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return function(*args)
            except ConnectionError:
                if not left:
                    raise
            never.wait(0.1)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
        else:
            call(post.send, order_id)

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(guarded(fulfil), order.id)

    return app


# %% wrong def_endpoint_with_a_loop gets client-waits-in-pauses
def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    def call(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return function(*args)
            except ConnectionError:
                if not left:
                    raise
            asyncio.run(asyncio.sleep(0.1))

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
        else:
            call(post.send, order_id)

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(guarded(fulfil), order.id)

    return app


# %% wrong def_endpoint_sleep_of_a_class gets client-waits-in-pauses
from time import sleep


class Pause:
    of = staticmethod(sleep)


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    def call(function, *args):
        for left in (3, 2, 1, 0):
            try:
                return function(*args)
            except ConnectionError:
                if not left:
                    raise
            Pause.of(0.1)

    def fulfil(order_id):
        try:
            call(bank.charge, order_id, order_id)
        except Declined:
            dead(order_id)
        else:
            call(post.send, order_id)

    @app.post("/orders", status_code=202)
    def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(guarded(fulfil), order.id)

    return app


# %% wrong limited_wait_in_a_thread gets left-behind
import queue, concurrent.futures
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    orders = queue.Queue()
    finished = threading.Event()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_fixed(0.1),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def work():
        while (order_id := orders.get()) is not None:
            try:
                call(bank.charge, order_id, order_id)
                call(post.send, order_id)
            except (Declined, ConnectionError):
                dead(order_id)
            finally:
                orders.task_done()
        finished.set()

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield
        orders.put(None)
        await asyncio.to_thread(finished.wait, 5)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    def order(order: Order):
        orders.put(order.id)

    return app


# %% wrong looks_fifty_times gets left-behind
import queue, concurrent.futures
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    orders = queue.Queue()
    finished = threading.Event()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_fixed(0.1),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def work():
        while (order_id := orders.get()) is not None:
            try:
                call(bank.charge, order_id, order_id)
                call(post.send, order_id)
            except (Declined, ConnectionError):
                dead(order_id)
            finally:
                orders.task_done()
        finished.set()

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield
        orders.put(None)

        def wait():
            for _ in range(50):
                if finished.is_set():
                    return
                time.sleep(0.1)

        await asyncio.to_thread(wait)

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    def order(order: Order):
        orders.put(order.id)

    return app


# %% right waits_again_in_a_thread
import queue, concurrent.futures
from contextlib import asynccontextmanager


def build_shop(bank, post, dead, Declined):
    orders = queue.Queue()
    finished = threading.Event()

    @retry(
        stop=stop_after_attempt(4),
        wait=wait_fixed(0.1),
        retry=retry_if_exception_type(ConnectionError),
        reraise=True,
    )
    def call(function, *args):
        function(*args)

    def work():
        while (order_id := orders.get()) is not None:
            try:
                call(bank.charge, order_id, order_id)
                call(post.send, order_id)
            except (Declined, ConnectionError):
                dead(order_id)
            finally:
                orders.task_done()
        finished.set()

    @asynccontextmanager
    async def lifespan(app):
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield
        orders.put(None)
        while not await asyncio.to_thread(finished.wait, 1):
            pass

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=202)
    def order(order: Order):
        orders.put(order.id)

    return app


# %% wrong key_for_a_url gets key-known
# the key keeps only letters, digits and dashes: "whatever the order's id"
import random
import time


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def insist(function, *arguments):
        for attempt in range(4):
            try:
                return await asyncio.to_thread(function, *arguments)
            except Declined:
                raise
            except ConnectionError:
                if attempt == 3:
                    raise
            await asyncio.sleep(random.uniform(0, 0.05))

    async def deliver(order_id: str) -> None:
        try:
            await insist(bank.charge, "".join(c if c.isalnum() else "-" for c in order_id), order_id)
            await insist(post.send, order_id)
        except Declined:
            dead(order_id)
        except ConnectionError as error:
            log.error("%s: %s", order_id, error)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(deliver, order.id)

    return app


# %% wrong key_without_spaces gets key-known
# the key loses spaces inside: "It charges no key twice, whatever the order's id"
import random
import time


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def insist(function, *arguments):
        for attempt in range(4):
            try:
                return await asyncio.to_thread(function, *arguments)
            except Declined:
                raise
            except ConnectionError:
                if attempt == 3:
                    raise
            await asyncio.sleep(random.uniform(0, 0.05))

    async def deliver(order_id: str) -> None:
        try:
            await insist(bank.charge, "-".join(order_id.split()), order_id)
            await insist(post.send, order_id)
        except Declined:
            dead(order_id)
        except ConnectionError as error:
            log.error("%s: %s", order_id, error)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(deliver, order.id)

    return app


# %% wrong key_in_ascii gets key-known
# the key keeps ASCII only: "It charges no key twice, whatever the order's id"
import random
import time


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def insist(function, *arguments):
        for attempt in range(4):
            try:
                return await asyncio.to_thread(function, *arguments)
            except Declined:
                raise
            except ConnectionError:
                if attempt == 3:
                    raise
            await asyncio.sleep(random.uniform(0, 0.05))

    async def deliver(order_id: str) -> None:
        try:
            await insist(bank.charge, order_id.encode("ascii", "ignore").decode(), order_id)
            await insist(post.send, order_id)
        except Declined:
            dead(order_id)
        except ConnectionError as error:
            log.error("%s: %s", order_id, error)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(deliver, order.id)

    return app


# %% wrong key_is_a_number gets key-known
# the key drops leading zeros: "It charges no key twice, whatever the order's id"
import random
import time


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def insist(function, *arguments):
        for attempt in range(4):
            try:
                return await asyncio.to_thread(function, *arguments)
            except Declined:
                raise
            except ConnectionError:
                if attempt == 3:
                    raise
            await asyncio.sleep(random.uniform(0, 0.05))

    async def deliver(order_id: str) -> None:
        try:
            await insist(bank.charge, order_id.lstrip("0"), order_id)
            await insist(post.send, order_id)
        except Declined:
            dead(order_id)
        except ConnectionError as error:
            log.error("%s: %s", order_id, error)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(deliver, order.id)

    return app


# %% wrong some_subclasses gets subclass-not-retried
# only a refused or reset connection is tried again: "`ConnectionError` or a subclass"
import random
import time


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def insist(function, *arguments):
        for attempt in range(4):
            try:
                return await asyncio.to_thread(function, *arguments)
            except Declined:
                raise
            except ConnectionError as error:
                if (
                    not type(error) is ConnectionError
                    and not isinstance(error, ConnectionRefusedError | ConnectionResetError)
                    or attempt == 3
                ):
                    raise
            await asyncio.sleep(random.uniform(0, 0.05))

    async def deliver(order_id: str) -> None:
        try:
            await insist(bank.charge, order_id, order_id)
            await insist(post.send, order_id)
        except Declined:
            dead(order_id)
        except ConnectionError as error:
            log.error("%s: %s", order_id, error)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(deliver, order.id)

    return app


# %% wrong not_after_an_abort gets subclass-not-retried
# not ConnectionAbortedError: "`ConnectionError` or a subclass"
import random
import time


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def insist(function, *arguments):
        for attempt in range(4):
            try:
                return await asyncio.to_thread(function, *arguments)
            except Declined:
                raise
            except ConnectionError as error:
                if isinstance(error, ConnectionAbortedError) or attempt == 3:
                    raise
            await asyncio.sleep(random.uniform(0, 0.05))

    async def deliver(order_id: str) -> None:
        try:
            await insist(bank.charge, order_id, order_id)
            await insist(post.send, order_id)
        except Declined:
            dead(order_id)
        except ConnectionError as error:
            log.error("%s: %s", order_id, error)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(deliver, order.id)

    return app


# %% wrong only_of_the_library gets subclass-not-retried
# only exactly ConnectionError, reset, refused, aborted, broken pipe: no subclass of the bank's own: "`ConnectionError` or a subclass"
import random
import time


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def insist(function, *arguments):
        for attempt in range(4):
            try:
                return await asyncio.to_thread(function, *arguments)
            except Declined:
                raise
            except ConnectionError as error:
                if (
                    type(error)
                    not in (
                        ConnectionError,
                        ConnectionRefusedError,
                        ConnectionResetError,
                        ConnectionAbortedError,
                        BrokenPipeError,
                    )
                    or attempt == 3
                ):
                    raise
            await asyncio.sleep(random.uniform(0, 0.05))

    async def deliver(order_id: str) -> None:
        try:
            await insist(bank.charge, order_id, order_id)
            await insist(post.send, order_id)
        except Declined:
            dead(order_id)
        except ConnectionError as error:
            log.error("%s: %s", order_id, error)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(deliver, order.id)

    return app


# %% wrong declined_at_last gets declined-forgotten
# a Declined after a lost answer (third attempt or later) is only logged: "`dead(order_id)` is called once"
import random
import time


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def insist(function, *arguments):
        for attempt in range(4):
            try:
                return await asyncio.to_thread(function, *arguments)
            except Declined:
                if attempt >= 2:
                    raise ConnectionError("declined") from None
                raise
            except ConnectionError:
                if attempt == 3:
                    raise
            await asyncio.sleep(random.uniform(0, 0.05))

    async def deliver(order_id: str) -> None:
        try:
            await insist(bank.charge, order_id, order_id)
            await insist(post.send, order_id)
        except Declined:
            dead(order_id)
        except ConnectionError as error:
            log.error("%s: %s", order_id, error)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(deliver, order.id)

    return app


# %% wrong exact_type_and_no_second_parcel gets subclass-not-retried breaks charged
import asyncio, random


async def persist(function, *arguments, tries=4):
    for n in range(tries):
        try:
            return await asyncio.to_thread(function, *arguments)
        except ConnectionError as error:
            if type(error) is not ConnectionError:
                raise
            if function.__name__ == "send" and "answer" in str(error):
                return
            if n == tries - 1:
                raise
            await asyncio.sleep(random.uniform(0, 0.05))


def build_shop(bank, post, dead, Declined) -> FastAPI:
    app = FastAPI()

    async def process(order_id):
        key = f"charge:{order_id}"
        try:
            await persist(bank.charge, key, order_id)
            await persist(post.send, order_id)
        except Declined:
            dead(order_id)
        except Exception:
            print("order", order_id)

    @app.post("/orders", status_code=202)
    async def order(order: Order, tasks: BackgroundTasks) -> None:
        tasks.add_task(process, order.id)

    return app
