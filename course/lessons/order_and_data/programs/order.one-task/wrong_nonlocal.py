# gets: mixed-up
# breaks: apart
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    cleaned = None

    def process_and_save(raw: dict[str, str]) -> None:
        nonlocal cleaned
        cleaned = process_data(raw)
        save_data(cleaned)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        nonlocal cleaned
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app
