# gets: gave-up-late
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        started = time.monotonic()
        await run_in_threadpool(fetch, report_id)
        if time.monotonic() - started > 0.1:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app
