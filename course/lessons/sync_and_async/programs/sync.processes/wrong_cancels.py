# gets: lost-at-the-end
# breaks: stored
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
