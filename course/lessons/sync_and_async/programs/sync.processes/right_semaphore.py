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
