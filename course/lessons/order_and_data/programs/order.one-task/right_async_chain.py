def build_data(process_data, save_data):
    app = FastAPI()

    async def process_and_save(raw):
        cleaned = await run_in_threadpool(process_data, raw)
        await asyncio.to_thread(save_data, cleaned)

    @app.post("/data", status_code=202)
    def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw=raw)
        return {"accepted": True}

    return app
