def build_data(process_data, save_data):
    app = FastAPI()

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        box = []  # of this request alone
        tasks.add_task(lambda: box.append(process_data(raw)))
        tasks.add_task(lambda: save_data(box.pop()))
        return {"accepted": True}

    return app
