# gets: thread-computes
def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    async def work(n: int):
        store(n, await asyncio.to_thread(compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)
        return {"accepted": n}

    return app
