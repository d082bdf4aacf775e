# gets: client-waits
def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    @app.post("/count/{n}", status_code=202)
    def count(n: int, tasks: BackgroundTasks):
        store(n, compute(n))
        return {"accepted": n}

    return app
