# gets: blocks-everybody
def build_data(process_data, save_data):
    app = FastAPI()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        cleaned = process_data(raw)
        tasks.add_task(save_data, cleaned)
        return {"accepted": True}

    return app
