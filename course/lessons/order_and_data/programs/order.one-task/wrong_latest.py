# gets: mixed-up
# breaks: apart
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    latest = {}

    def process_and_save() -> None:
        save_data(process_data(latest["raw"]))

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        latest["raw"] = raw
        tasks.add_task(process_and_save)
        return {"accepted": True}

    return app
