def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    class Chain:
        def __call__(self, raw):
            try:
                result = process_data(raw)
            except Exception as error:
                raise RuntimeError("processing failed") from error
            save_data(result)

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(Chain(), raw)
        return {"accepted": True}

    return app
