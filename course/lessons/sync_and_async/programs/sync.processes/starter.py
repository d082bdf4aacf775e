def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        return ____

    return app
