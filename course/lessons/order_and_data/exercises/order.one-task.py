# %% starter
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    def process_and_save(raw: dict[str, str]) -> None:
        ____

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(____, ____)
        return {"accepted": True}

    return app


# %% right reference
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    def process_and_save(raw: dict[str, str]) -> None:
        save_data(process_data(raw))

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% right async_chain
def build_data(process_data, save_data):
    app = FastAPI()

    async def process_and_save(raw):
        cleaned = await run_in_threadpool(process_data, raw)
        await asyncio.to_thread(save_data, cleaned)

    @app.post("/data", status_code=202)
    def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw=raw)
        return {"accepted": True}

    return app


# %% right box_per_request
def build_data(process_data, save_data):
    app = FastAPI()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        box = []  # of this request alone
        tasks.add_task(lambda: box.append(process_data(raw)))
        tasks.add_task(lambda: save_data(box.pop()))
        return {"accepted": True}

    return app


# %% right lambda
def build_data(process_data, save_data):
    app = FastAPI()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(lambda: save_data(process_data(raw)))
        return {"accepted": True}

    return app


# %% right on_the_response
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask


class Chain:
    def __init__(self, first, second):
        self.first, self.second = first, second

    def __call__(self, raw):
        return self.second(self.first(raw))


def build_data(process_data, save_data):
    app = FastAPI()

    @app.post("/data")
    async def data(raw: dict[str, str]):
        task = BackgroundTask(Chain(process_data, save_data), raw)
        return JSONResponse({"accepted": True}, status_code=202, background=task)

    return app


# %% right says_what_failed
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    class Chain:
        def __call__(self, raw):
            try:
                result = process_data(raw)
            except Exception as error:
                raise RuntimeError("processing failed") from error
            save_data(result)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(Chain(), raw)
        return {"accepted": True}

    return app


# %% wrong called_in_add_task gets blocks-everybody
def build_data(process_data, save_data):
    app = FastAPI()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(save_data, process_data(raw))
        return {"accepted": True}

    return app


# %% wrong in_async_endpoint gets blocks-everybody
def build_data(process_data, save_data):
    app = FastAPI()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        cleaned = process_data(raw)
        tasks.add_task(save_data, cleaned)
        return {"accepted": True}

    return app


# %% wrong async_task gets blocks-the-loop
def build_data(process_data, save_data):
    app = FastAPI()

    async def process_and_save(raw):
        save_data(process_data(raw))

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong in_def_endpoint gets in-request
def build_data(process_data, save_data):
    app = FastAPI()

    @app.post("/data", status_code=202)
    def data(raw: dict[str, str], tasks: BackgroundTasks):
        cleaned = process_data(raw)
        tasks.add_task(save_data, cleaned)
        return {"accepted": True}

    return app


# %% wrong in_threadpool_of_the_request gets in-request
def build_data(process_data, save_data):
    app = FastAPI()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        cleaned = await run_in_threadpool(process_data, raw)
        tasks.add_task(save_data, cleaned)
        return {"accepted": True}

    return app


# %% wrong global_box gets mixed-up
def build_data(process_data, save_data):
    app = FastAPI()
    box = {}

    def process(raw):
        box["cleaned"] = process_data(raw)

    def save():
        save_data(box["cleaned"])

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process, raw)
        tasks.add_task(save)
        return {"accepted": True}

    return app


# %% wrong on_the_app gets mixed-up
def build_data(process_data, save_data):
    app = FastAPI()

    def process(raw):
        app.state.cleaned = process_data(raw)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process, raw)
        tasks.add_task(lambda: save_data(app.state.cleaned))
        return {"accepted": True}

    return app


# %% wrong latest gets mixed-up breaks apart
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    latest = {}

    def process_and_save() -> None:
        save_data(process_data(latest["raw"]))

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        latest["raw"] = raw
        tasks.add_task(process_and_save)
        return {"accepted": True}

    return app


# %% wrong nonlocal gets mixed-up breaks apart
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    cleaned = None

    def process_and_save(raw: dict[str, str]) -> None:
        nonlocal cleaned
        cleaned = process_data(raw)
        save_data(cleaned)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        nonlocal cleaned
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong a_function_that_makes_one gets never-ran
def build_data(process_data, save_data):
    app = FastAPI()

    def process_and_save(raw):
        save_data(process_data(raw))

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(lambda: process_and_save, raw) if not raw else tasks.add_task(
            lambda raw: process_and_save, raw
        )
        return {"accepted": True}

    return app


# %% wrong own_object gets never-ran
def build_data(process_data, save_data):
    app = FastAPI()

    def process_and_save(raw):
        save_data(process_data(raw))

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        BackgroundTasks().add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong forgot_to_save gets not-saved
def build_data(process_data, save_data):
    app = FastAPI()

    def process_and_save(raw):
        return process_data(raw)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong result_dropped gets not-saved
def build_data(process_data, save_data):
    app = FastAPI()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_data, raw)
        return {"accepted": True}

    return app


# %% wrong inside_out gets saved-raw
def build_data(process_data, save_data):
    app = FastAPI()

    def process_and_save(raw):
        save_data(process_data)(raw)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong only_saved gets saved-raw
def build_data(process_data, save_data):
    app = FastAPI()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(save_data, raw)
        return {"accepted": True}

    return app


# %% wrong passed_the_function gets saved-raw
def build_data(process_data, save_data):
    app = FastAPI()

    def process_and_save(raw):
        process_data(raw)
        save_data(raw)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong two_tasks gets saved-raw
def build_data(process_data, save_data):
    app = FastAPI()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_data, raw)
        tasks.add_task(save_data, raw)
        return {"accepted": True}

    return app


# %% wrong no_argument gets task-failed
def build_data(process_data, save_data):
    app = FastAPI()

    def process_and_save(raw):
        save_data(process_data(raw))

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save)
        return {"accepted": True}

    return app


# %% wrong processed_twice gets twice
def build_data(process_data, save_data):
    app = FastAPI()

    def process_and_save(raw):
        save_data(process_data(raw))

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_data, raw)
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong status gets engine.wrong-status breaks answer
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    @app.post("/data")
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(lambda: save_data(process_data(raw)))
        return {"accepted": True}

    return app


# %% wrong swallows gets error-lost breaks failure
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    def process_and_save(raw: dict[str, str]) -> None:
        try:
            save_data(process_data(raw))
        except Exception:
            pass

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong cached gets not-every-request breaks chain
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    done = {}

    def process_and_save(raw: dict[str, str]) -> None:
        key = tuple(sorted(raw.items()))
        if key not in done:
            done[key] = process_data(raw)
            save_data(done[key])

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong nothing_if_empty gets not-every-request breaks chain
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    def process_and_save(raw: dict[str, str]) -> None:
        if cleaned := process_data(raw):
            save_data(cleaned)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong saves_raw_on_error gets saved-after-failure breaks failure
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    def process_and_save(raw: dict[str, str]) -> None:
        try:
            cleaned = process_data(raw)
        except Exception:
            cleaned = raw
        save_data(cleaned)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong one_lock gets second-waits breaks free
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    lock = asyncio.Lock()

    async def process_and_save(raw):
        async with lock:
            save_data(await run_in_threadpool(process_data, raw))

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        async with lock:
            tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong answer gets wrong-answer breaks answer
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(lambda: save_data(process_data(raw)))
        return {"accepted": False}

    return app


# %% wrong processes_again gets tried-again breaks chain
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    def process_and_save(raw):
        try:
            cleaned = process_data(raw)
        except Exception:
            cleaned = process_data(raw)
        save_data(cleaned)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong saves_again gets tried-again breaks chain
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    def process_and_save(raw):
        cleaned = process_data(raw)
        try:
            save_data(cleaned)
        except Exception:
            save_data(cleaned)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong box_by_name gets mixed-up breaks apart
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    box = {}

    def process_and_save(raw: dict[str, str]) -> None:
        k = raw.get("name")
        box[k] = process_data(raw)
        save_data(box[k])

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong one_stack gets crossed breaks apart
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    box = []

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(lambda: box.append(process_data(raw)))
        tasks.add_task(lambda: save_data(box.pop()))
        return {"accepted": True}

    return app


# %% wrong processed_once gets not-every-request breaks chain
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    cache = {}

    def process_and_save(raw: dict[str, str]) -> None:
        key = tuple(sorted(raw.items()))
        if key not in cache:
            cache[key] = process_data(raw)
        save_data(cache[key])

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong strips_before gets changed-data breaks chain
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    def process_and_save(raw: dict[str, str]) -> None:
        save_data(process_data(raw))

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, {k: v.strip() for k, v in raw.items()})
        return {"accepted": True}

    return app


# %% wrong nothing_if_none gets changed-result breaks chain
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    def process_and_save(raw: dict[str, str]) -> None:
        cleaned = process_data(raw)
        if cleaned is not None:
            save_data(cleaned)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong copies_as_text gets changed-result breaks chain
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    def process_and_save(raw: dict[str, str]) -> None:
        save_data({str(k): str(v) for k, v in process_data(raw).items()})

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong swallows_some_errors gets error-lost breaks failure
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    def process_and_save(raw: dict[str, str]) -> None:
        try:
            cleaned = process_data(raw)
        except LookupError:
            return
        save_data(cleaned)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong raises_another_error gets other-error breaks failure
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    def process_and_save(raw: dict[str, str]) -> None:
        try:
            cleaned = process_data(raw)
        except Exception:
            raise RuntimeError("processing failed")
        save_data(cleaned)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong stops_at_a_failure gets not-after-failure breaks chain
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    bad = []

    def process_and_save(raw: dict[str, str]) -> None:
        if bad:
            return
        try:
            cleaned = process_data(raw)
        except Exception:
            bad.append(1)
            raise
        save_data(cleaned)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% right response_of_its_own
from starlette.responses import JSONResponse


def build_data(process_data, save_data):
    app = FastAPI()

    class Later(JSONResponse):
        raw = None

        async def __call__(self, scope, receive, send):
            await JSONResponse.__call__(self, scope, receive, send)
            save_data(await run_in_threadpool(process_data, self.raw))

    @app.post("/data")
    def data(raw: dict[str, str]):
        reply = Later({"accepted": True}, status_code=202)
        reply.raw = raw
        return reply

    return app


# %% right two_tasks_and_a_box_of_the_request
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        box = []
        tasks.add_task(lambda: box.append(process_data(raw)))
        tasks.add_task(lambda: save_data(box.pop()))
        return {"accepted": True}

    return app


# %% right future
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        from concurrent.futures import Future

        f = Future()

        def first():
            f.set_result(process_data(raw))

        tasks.add_task(first)
        tasks.add_task(lambda: save_data(f.result(0)))
        return {"accepted": True}

    return app


# %% wrong first_fifty_customers gets not-all breaks chain
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    customers = []

    def process_and_save(raw: dict[str, str]) -> None:
        save_data(process_data(raw))

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        customers.append(raw)
        if len(customers) <= 50:
            tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong busy_skips gets one-not-saved
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    lock = threading.Lock()

    def process_and_save(raw: dict[str, str]) -> None:
        if lock.acquire(blocking=False):
            try:
                save_data(process_data(raw))
            finally:
                lock.release()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong second_one_on_the_loop gets blocks-the-loop-later breaks free
import asyncio

from fastapi import BackgroundTasks, FastAPI
from starlette.concurrency import run_in_threadpool


def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    one_thread = asyncio.Lock()

    async def process_and_save(raw: dict[str, str]) -> None:
        if one_thread.locked():
            cleaned = process_data(raw)
        else:
            async with one_thread:
                cleaned = await run_in_threadpool(process_data, raw)
        save_data(cleaned)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong third_one_on_the_loop gets blocks-the-loop-later breaks free
import asyncio


def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    two_threads = asyncio.Semaphore(2)

    async def process_and_save(raw: dict[str, str]) -> None:
        if two_threads.locked():
            cleaned = process_data(raw)
        else:
            async with two_threads:
                cleaned = await asyncio.to_thread(process_data, raw)
        save_data(cleaned)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app


# %% wrong thread_of_the_endpoint gets begins-early breaks answer
from concurrent.futures import ThreadPoolExecutor


def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    pool = ThreadPoolExecutor()

    def process_and_save(raw: dict[str, str]) -> None:
        save_data(process_data(raw))

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(pool.submit(process_and_save, raw).result)
        return {"accepted": True}

    return app


# %% wrong saves_again_without_an_answer gets tried-again breaks chain
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    def process_and_save(raw: dict[str, str]) -> None:
        cleaned = process_data(raw)
        try:
            save_data(cleaned)
        except OSError:
            save_data(cleaned)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app
