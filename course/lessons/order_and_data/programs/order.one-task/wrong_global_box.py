# gets: mixed-up
def build_data(process_data, save_data):
    app = FastAPI()
    box = {}

    def process(raw):
        box["cleaned"] = process_data(raw)

    def save():
        save_data(box["cleaned"])

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process, raw)
        tasks.add_task(save)
        return {"accepted": True}

    return app
