# gets: wrong-result
def build_counter(compute, store) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        with ProcessPoolExecutor(2, mp_context=spawn) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        future = app.state.pool.submit(compute, n)
        future.add_done_callback(store)

    return app
