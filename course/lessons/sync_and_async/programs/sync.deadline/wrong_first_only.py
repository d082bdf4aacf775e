# gets: not-each-once
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()
    given = []

    def prepare(report_id: int):
        try:
            fetch(report_id, timeout=0.1)
        except TimeoutError:
            given or (given.append(1), give_up(report_id))

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app
