# gets: too-patient
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    def prepare(report_id: int):
        for _ in range(2):
            try:
                return fetch(report_id, timeout=0.1)
            except TimeoutError:
                pass
        give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app
