# gets: too-hasty
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.05)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app
