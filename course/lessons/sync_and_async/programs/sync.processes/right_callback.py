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
