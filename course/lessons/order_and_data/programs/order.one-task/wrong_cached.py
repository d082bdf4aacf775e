# gets: not-every-request
# breaks: chain
def build_data(process_data, save_data) -> FastAPI:
    app = FastAPI()
    done = {}

    def process_and_save(raw: dict[str, str]) -> None:
        key = tuple(sorted(raw.items()))
        if key not in done:
            done[key] = process_data(raw)
            save_data(done[key])

    @app.post("/data", status_code=202)
    async def data(raw: dict[str, str], tasks: BackgroundTasks):
        tasks.add_task(process_and_save, raw)
        return {"accepted": True}

    return app
