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
