# gets: engine.wrong-status
# breaks: answer
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()

    @app.post("/data")
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(lambda: save_data(process_data(raw)))
        return {"accepted": True}

    return app
