# gets: mixed-up
def build_data(process_data, save_data):
    app = FastAPI()

    def process(raw):
        app.state.cleaned = process_data(raw)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process, raw)
        tasks.add_task(lambda: save_data(app.state.cleaned))
        return {"accepted": True}

    return app
