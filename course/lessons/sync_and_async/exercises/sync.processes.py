# %% starter
def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        return ____

    return app


# %% right reference
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn, initializer=ignore_ctrl_c) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        loop = asyncio.get_running_loop()
        store(n, await loop.run_in_executor(app.state.pool, compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% right callback
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    def work(n: int):
        future = app.state.pool.submit(compute, n)
        future.add_done_callback(lambda done: store(n, done.result()))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% right def_task
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    def work(n: int):
        store(n, app.state.pool.submit(compute, n).result())

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% right pool_of_multiprocessing
def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    def work(n: int):
        with spawn.Pool(1) as pool:
            store(n, pool.apply(compute, [n]))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% right shutdown_by_hand
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        app.state.pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
        yield
        app.state.pool.shutdown(cancel_futures=True)

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        result = await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n)
        store(n, result)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% right to_process_of_anyio
import anyio.to_process


def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    async def work(n):
        store(n, await anyio.to_process.run_sync(compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)

    return app


# %% right wrap_future
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        result = await asyncio.wrap_future(app.state.pool.submit(compute, n))
        await run_in_threadpool(store, n, result)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% right semaphore
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        app.state.one = asyncio.Semaphore(1)
        with ProcessPoolExecutor(1, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n):
        async with app.state.one:
            result = await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n)
        await asyncio.to_thread(store, n, result)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% right subprocess
def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    def work(n):
        import subprocess, sys

        end = subprocess.run(
            [sys.executable, "-c", f"import {compute.__module__} as m; print(m.{compute.__qualname__}({n}))"],
            capture_output=True,
            text=True,
            check=True,
        )
        store(n, int(end.stdout))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% right with_in_def
def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    def work(n):
        with ProcessPoolExecutor(1, mp_context=spawn) as pool:
            store(n, pool.submit(compute, n).result())

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong def_endpoint gets client-waits
def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    @app.post("/count/{n}", status_code=202)
    def count(n: int, tasks: BackgroundTasks):
        store(n, compute(n))
        return {"accepted": n}

    return app


# %% wrong in_the_request gets client-waits breaks nobody-waits
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        store(n, await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        await work(n)
        return {"accepted": n}

    return app


# %% wrong lambda gets failed
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        loop = asyncio.get_running_loop()
        store(n, await loop.run_in_executor(app.state.pool, lambda: compute(n)))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong nested_function gets failed
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    def count_and_store(n: int):
        store(n, compute(n))

    async def work(n: int):
        await asyncio.get_running_loop().run_in_executor(app.state.pool, count_and_store, n)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong coroutine gets loop-computes
def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    async def work(n: int):
        store(n, compute(n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong sleep_between gets loop-computes
def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    async def work(n: int):
        await asyncio.sleep(0)
        result = compute(n)
        await asyncio.sleep(0)
        store(n, result)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong pool_map_in_a_coroutine gets loop-waits
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        for result in app.state.pool.map(compute, [n]):
            store(n, result)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong result_in_a_coroutine gets loop-waits
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        store(n, app.state.pool.submit(compute, n).result())

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong never_stored gets never-stored
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong nothing gets never-stored
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        app.state.pool

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong left_open gets process-left
def build_counter(compute, store) -> FastAPI:
    app = FastAPI()
    pool = ProcessPoolExecutor(2, mp_context=spawn)

    async def work(n: int):
        store(n, await asyncio.get_running_loop().run_in_executor(pool, compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong opened_in_lifespan_only gets process-left
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        app.state.pool = ProcessPoolExecutor(2, mp_context=spawn)
        yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        store(n, await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong no_wait gets process-left breaks end
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        app.state.pool = ProcessPoolExecutor(1, mp_context=spawn)
        yield
        app.state.pool.shutdown(wait=False)

    app = FastAPI(lifespan=lifespan)

    async def work(n):
        result = await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n)
        store(n, result)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong default_executor gets thread-computes
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        store(n, await asyncio.get_running_loop().run_in_executor(None, compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong thread gets thread-computes
def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    def work(n: int):
        store(n, compute(n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong to_thread gets thread-computes
def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    async def work(n: int):
        store(n, await asyncio.to_thread(compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong both_sides gets thread-computes breaks elsewhere
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(1, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n):
        result = await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n)
        store(n, compute(n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong result_only gets wrong-result
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        store(await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong store_as_callback gets wrong-result
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        future = app.state.pool.submit(compute, n)
        future.add_done_callback(store)

    return app


# %% wrong stores_the_exit_code gets wrong-result
def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    def work(n: int):
        process = spawn.Process(target=compute, args=(n,))
        process.start()
        process.join()
        store(n, process.exitcode)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)

    return app


# %% wrong stores_the_future gets wrong-result
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        store(n, app.state.pool.submit(compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong swapped gets wrong-result
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n):
        result = await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n)
        store(result, n)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong cancels gets lost-at-the-end breaks stored
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        app.state.pool = ProcessPoolExecutor(1, mp_context=spawn)
        yield
        app.state.pool.shutdown(cancel_futures=True)

    app = FastAPI(lifespan=lifespan)

    async def work(n):
        future = app.state.pool.submit(compute, n)
        future.add_done_callback(lambda f: f.cancelled() or store(n, f.result()))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong latest_n gets mixed-up
def build_counter(compute, store) -> FastAPI:
    latest = [0]

    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(1, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n):
        result = await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n)
        store(latest[0], result)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        latest[0] = n
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong twice gets stored-twice
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(1, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n):
        result = await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n)
        store(n, result)
        store(n, result)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong small_ones_here gets thread-computes breaks elsewhere
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n):
        if n < 3:
            store(n, compute(n))
            return
        store(n, await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)

    return app


# %% wrong twins_share_a_result gets stored-once breaks stored
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)
    busy = set()

    async def work(n):
        if n in busy:
            return
        busy.add(n)
        store(n, await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n))
        busy.discard(n)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)

    return app


# %% wrong remembers_counts gets stored-once breaks stored
def build_counter(compute, store) -> FastAPI:
    stored = set()

    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        if n in stored:
            return
        loop = asyncio.get_running_loop()
        store(n, await loop.run_in_executor(app.state.pool, compute, n))
        stored.add(n)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong here_after_a_failure gets own-process-after-a-failure breaks elsewhere
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        try:
            result = await asyncio.wrap_future(app.state.pool.submit(compute, n))
        except Exception:
            result = compute(n)
        store(n, result)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)

    return app


# %% wrong looks_and_sleeps gets loop-sleeps breaks nobody-waits
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        future = app.state.pool.submit(compute, n)
        while not future.done():
            time.sleep(0.01)
            await asyncio.sleep(0.01)
        store(n, future.result())

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)

    return app


# %% wrong helper_left gets process-left breaks end
import subprocess
import sys


def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        store(n, await asyncio.wrap_future(app.state.pool.submit(compute, n)))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)

    return app


# %% wrong future_awaited gets slip
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        store(n, await app.state.pool.submit(compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)

    return app


# %% wrong falsy_count gets zero-not-stored
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        result = await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n)
        if result:
            store(n, result)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)

    return app


# %% right from_the_thread_of_the_pool
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int):
        future = app.state.pool.submit(compute, n)
        future.add_done_callback(lambda done: store(n, done.result()))

    return app


# %% wrong created_and_left gets lost-at-the-end breaks stored
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)
    running = set()

    async def work(n):
        store(n, await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int):
        task = asyncio.create_task(work(n))
        running.add(task)
        task.add_done_callback(running.discard)

    return app


# %% wrong worker_ends_with_an_error gets stopped-by-a-failure breaks stored
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        app.state.queue = asyncio.Queue()
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:

            async def worker():
                while (n := await app.state.queue.get()) is not None:
                    store(n, await asyncio.get_running_loop().run_in_executor(pool, compute, n))

            task = asyncio.create_task(worker())
            yield
            app.state.queue.put_nowait(None)
            await asyncio.wait([task])

    app = FastAPI(lifespan=lifespan)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int):
        app.state.queue.put_nowait(n)

    return app


# %% wrong gives_up gets gives-up breaks stored
import asyncio
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, FastAPI


def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI):
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as app.state.pool:
            await asyncio.wrap_future(app.state.pool.submit(os.getpid))
            yield

    app = FastAPI(lifespan=lifespan)

    async def run(n):
        async with asyncio.timeout(1):
            result = await asyncio.get_running_loop().run_in_executor(app.state.pool, compute, n)
        store(n, result)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(run, n)
        return {"accepted": n}

    return app


# %% wrong a_pool_for_each_first_one gets first-ones-leave breaks end
import asyncio
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, FastAPI

kept = []


def build_counter(compute, store) -> FastAPI:
    pool = None

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        yield
        if pool is not None:
            pool.shutdown()

    app = FastAPI(lifespan=lifespan)

    async def get_pool():
        nonlocal pool
        if pool is None:
            new = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
            kept.append(new)
            await asyncio.wrap_future(new.submit(os.getpid))  # a worker is up
            pool = new
        return pool

    async def run(n):
        store(n, await asyncio.get_running_loop().run_in_executor(await get_pool(), compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(run, n)
        return {"accepted": n}

    return app


# %% wrong finds_half_a_pool gets first-not-stored breaks stored
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        app.state.pool = None
        yield
        if app.state.pool:
            app.state.pool.shutdown()

    app = FastAPI(lifespan=lifespan)

    async def work(n: int):
        loop = asyncio.get_running_loop()
        if app.state.pool is None:
            app.state.pool = "soon"
            pool = ProcessPoolExecutor(2, mp_context=spawn)
            await loop.run_in_executor(pool, os.getpid)  # a worker is up
            app.state.pool = pool
        store(n, await loop.run_in_executor(app.state.pool, compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app


# %% wrong batch_fails_as_one gets lost-with-another breaks stored
import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from fastapi import BackgroundTasks, FastAPI

spawn = multiprocessing.get_context("spawn")


def build_counter(compute, store) -> FastAPI:
    waiting = []

    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    async def batch():
        await asyncio.sleep(0.05)  # gather what comes together
        mine, waiting[:] = waiting[:], []
        loop = asyncio.get_running_loop()
        found = await asyncio.gather(*(loop.run_in_executor(app.state.pool, compute, n) for n in mine))
        for n, count in zip(mine, found):
            store(n, count)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        waiting.append(n)
        tasks.add_task(batch)
        return {"accepted": n}

    return app
