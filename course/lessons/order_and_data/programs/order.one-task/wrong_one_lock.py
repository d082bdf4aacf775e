# gets: second-waits
# breaks: free
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    lock = asyncio.Lock()

    async def process_and_save(raw):
        async with lock:
            save_data(await run_in_threadpool(process_data, raw))

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        async with lock:
            tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app
