# gets: wrong-result
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
