# gets: wrong-result
def build_counter(compute, store) -> FastAPI:
    app = FastAPI()

    def work(n: int):
        process = spawn.Process(target=compute, args=(n,))
        process.start()
        process.join()
        store(n, process.exitcode)

    @app.post("/count/{n}", status_code=202)
    async def count(n: int, tasks: BackgroundTasks):
        tasks.add_task(work, n)

    return app
