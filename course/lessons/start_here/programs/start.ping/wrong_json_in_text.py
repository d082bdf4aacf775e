# gets: wrong-body
import json


def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return json.dumps({"pong": name})

    return app
