# gets: saved-after-failure
# breaks: failure
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    def process_and_save(raw: dict[str, str]) -> None:
        try:
            cleaned = process_data(raw)
        except Exception:
            cleaned = raw
        save_data(cleaned)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app
