import anyio.to_process


def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    async def work(n):
        store(n, await anyio.to_process.run_sync(compute, n))

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)

    return app
