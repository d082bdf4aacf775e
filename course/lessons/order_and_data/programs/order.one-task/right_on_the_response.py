from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask


class Chain:
    def __init__(self, first, second):
        self.first, self.second = first, second

    def __call__(self, raw):
        return self.second(self.first(raw))


def build_data(process_data, save_data):
    app = FastAPI()

    @app.post("/data")
    async def data(raw: dict[str, str]):
        task = BackgroundTask(Chain(process_data, save_data), raw)
        return JSONResponse({"accepted": True}, status_code=202, background=task)

    return app
