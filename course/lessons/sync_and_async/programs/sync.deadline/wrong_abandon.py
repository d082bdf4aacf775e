# gets: thread-left
# breaks: thread
def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            with anyio.fail_after(0.1):
                await anyio.to_thread.run_sync(fetch, report_id, abandon_on_cancel=True)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app
