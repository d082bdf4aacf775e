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
