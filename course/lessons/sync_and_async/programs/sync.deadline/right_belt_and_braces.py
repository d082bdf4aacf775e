def build_reports(fetch, give_up) -> FastAPI:
    app = FastAPI()

    async def prepare(report_id: int):
        try:
            async with asyncio.timeout(1):
                await asyncio.to_thread(fetch, report_id, timeout=0.1)
        except TimeoutError:
            give_up(report_id)

    @app.post("/reports/{report_id}", status_code=202)
    async def report(report_id: int, tasks: BackgroundTasks):
        tasks.add_task(prepare, report_id)
        return {"accepted": report_id}

    return app
