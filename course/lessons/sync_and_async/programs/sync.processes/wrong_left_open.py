# gets: process-left
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
