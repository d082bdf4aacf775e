# %% starter
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            with anyio.fail_after(0.1):
                await run_in_threadpool(fetch, report_id)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% right reference
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            await run_in_threadpool(fetch, report_id, timeout=0.1)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% right anyio
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            await anyio.to_thread.run_sync(partial(fetch, report_id, timeout=0.1))
        except TimeoutError:
            await anyio.to_thread.run_sync(give_up, report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% right belt_and_braces
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            async with asyncio.timeout(1):
                await asyncio.to_thread(fetch, report_id, timeout=0.1)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% right chained_tasks
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int, tasks: BackgroundTasks):
        try:
            fetch(report_id, timeout=0.1)
        except TimeoutError:
            tasks.add_task(give_up, report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id, tasks)
        return {"accepted": report_id}

    return app


# %% right plain_def
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(report_id, 0.1)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% right thread_for_each
class Reports:
    def __init__(self, fetch, give_up):
        self.fetch, self.give_up = fetch, give_up

    def prepare(self, report_id):
        try:
            self.fetch(report_id, 0.1)
        except TimeoutError:
            self.give_up(report_id)


def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()
    reports = Reports(fetch, give_up)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int):
        threading.Thread(target=reports.prepare, args=[report_id]).start()
        return {"accepted": report_id}

    return app


# %% right group
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.to_thread(fetch, report_id, timeout=0.1))
        except* TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong two_halves gets short-time-outs breaks in-time
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        for _ in range(2):
            try:
                return fetch(report_id, timeout=0.05)
            except TimeoutError:
                continue
        give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong longer_and_longer gets fetched-again breaks in-time
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        for seconds in (0.005, 0.095):
            try:
                return fetch(report_id, timeout=seconds)
            except TimeoutError:
                continue
        give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong in_the_request gets client-waits breaks nobody-waits
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.1)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        await run_in_threadpool(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong alarm gets failed
import signal


def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        def ring(*_):
            raise TimeoutError

        signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        try:
            fetch(report_id)
        except TimeoutError:
            give_up(report_id)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong other_exception gets failed
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.1)
        except ConnectionError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong uncaught gets failed
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        await run_in_threadpool(fetch, report_id, timeout=0.1)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong fires_at_the_next_await gets gave-up-late
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            with anyio.fail_after(0.1):
                await run_in_threadpool(fetch, report_id)
                await anyio.sleep(0)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong looks_at_the_clock gets gave-up-late
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        started = time.monotonic()
        await run_in_threadpool(fetch, report_id)
        if time.monotonic() - started > 0.1:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong always_gives_up gets gave-up-on-time breaks in-time
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.1)
        finally:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong fail_after_shorter gets never-gave-up
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            with anyio.fail_after(0.01):
                await run_in_threadpool(fetch, report_id)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong move_on_after gets never-gave-up
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        with anyio.move_on_after(0.1) as scope:
            await run_in_threadpool(fetch, report_id)
        if scope.cancelled_caught:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong not_awaited gets not-fetched
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            asyncio.to_thread(fetch, report_id, timeout=0.1)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong on_the_loop gets others-wait
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.1)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong abandon gets thread-left breaks thread
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            with anyio.fail_after(0.1):
                await anyio.to_thread.run_sync(fetch, report_id, abandon_on_cancel=True)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong asyncio_timeout gets thread-left
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            async with asyncio.timeout(0.1):
                await run_in_threadpool(fetch, report_id)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong future_result gets thread-left
from concurrent.futures import ThreadPoolExecutor


def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        future = pool.submit(fetch, report_id)
        try:
            future.result(timeout=0.1)
        except TimeoutError:
            future.cancel()
            give_up(report_id)

    pool = ThreadPoolExecutor(2)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong wait_for gets thread-left
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            await asyncio.wait_for(asyncio.to_thread(fetch, report_id), 0.1)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong both gets thread-left
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            async with asyncio.timeout(0.1):
                await run_in_threadpool(fetch, report_id, timeout=0.1)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong milliseconds gets too-patient
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            await run_in_threadpool(fetch, report_id, timeout=100)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong half_second gets too-patient
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.5)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong retry gets too-patient
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        for _ in range(2):
            try:
                return fetch(report_id, timeout=0.1)
            except TimeoutError:
                pass
        give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong too_long gets too-patient breaks give-up
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.3)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong gives_up_nothing gets wrong-report
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.1)
        except TimeoutError as error:
            give_up(str(error))

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong path_for_number gets wrong-report
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(f"report {report_id}", timeout=0.1)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong fetched_twice gets fetched-again breaks in-time
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.1)
            fetch(report_id, timeout=0.1)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong in_a_lock gets never-asked breaks nobody-waits
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()
    lock = threading.Lock()

    def with_lock(report_id):
        if not lock.acquire(timeout=0.1):
            raise TimeoutError
        try:
            fetch(report_id, timeout=0.1)
        finally:
            lock.release()

    def prepare(report_id: int):
        try:
            with_lock(report_id)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong first_only gets not-each-once
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()
    given = []

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.1)
        except TimeoutError:
            given or (given.append(1), give_up(report_id))

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong latest gets not-each-once
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()
    latest = []

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.1)
        except TimeoutError:
            give_up(latest[-1])

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        latest.append(report_id)
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong twice gets not-each-once breaks give-up
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.1)
        except TimeoutError:
            give_up(report_id)
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong half_of_it gets too-hasty
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.05)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong too_short gets too-hasty
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.01)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong two_threads_for_all gets one-for-another breaks nobody-waits
from concurrent.futures import ThreadPoolExecutor


def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()
    pool = ThreadPoolExecutor(2)

    async def prepare(report_id: int):
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(pool, partial(fetch, report_id, timeout=0.1))
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong most_of_a_tenth gets too-hasty breaks in-time
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.08)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong falsy_number gets not-each-once breaks give-up
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.1)
        except TimeoutError:
            if report_id:
                give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong parameter_misspelt gets slip
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            await run_in_threadpool(fetch, report_id, time_out=0.1)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong gives_up_without_a_number gets slip
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            await run_in_threadpool(fetch, report_id, timeout=0.1)
        except TimeoutError:
            give_up()

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong joins_on_the_loop gets loop-waits breaks nobody-waits
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def work(report_id: int):
        try:
            fetch(report_id, timeout=0.1)
        except TimeoutError:
            give_up(report_id)

    async def prepare(report_id: int):
        thread = threading.Thread(target=work, args=(report_id,))
        thread.start()
        thread.join()

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong sleeps_before_it_gives_up gets loop-sleeps breaks nobody-waits
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            await run_in_threadpool(fetch, report_id, timeout=0.1)
        except TimeoutError:
            time.sleep(0.2)
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% wrong remembers_what_was_given_up gets not-again breaks give-up
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()
    given_up = set()

    def prepare(report_id: int):
        if report_id in given_up:
            return
        try:
            fetch(report_id, timeout=0.1)
        except TimeoutError:
            given_up.add(report_id)
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app


# %% right beside_the_request
def build_reports(fetch, give_up) -> FastAPI:
    app, running = FastAPI(), set()

    async def prepare(report_id: int):
        try:
            await run_in_threadpool(fetch, report_id, timeout=0.1)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int):
        task = asyncio.create_task(prepare(report_id))
        running.add(task)
        task.add_done_callback(running.discard)

    return app


# %% wrong five_tokens gets no-thread-left breaks nobody-waits
def build_reports(fetch, give_up) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        anyio.to_thread.current_default_thread_limiter().total_tokens = 5
        yield

    app = FastAPI(lifespan=lifespan)

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.1)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app
