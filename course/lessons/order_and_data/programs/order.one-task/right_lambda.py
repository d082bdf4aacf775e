def build_data(process_data, save_data):
    app = FastAPI()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(lambda: save_data(process_data(raw)))
        return {"accepted": True}

    return app
