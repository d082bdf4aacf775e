# gets: thread-left
from concurrent.futures import ThreadPoolExecutor


def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        future = pool.submit(fetch, report_id)
        try:
            future.result(timeout=0.1)
        except TimeoutError:
            future.cancel()
            give_up(report_id)

    pool = ThreadPoolExecutor(2)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app
