# gets: mixed-up
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
