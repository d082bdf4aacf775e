# gets: not-each-once
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()
    latest = []

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.1)
        except TimeoutError:
            give_up(latest[-1])

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        latest.append(report_id)
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app
