# gets: not-json
# breaks: given-name
from fastapi import Response


def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return Response('{"pong": "%s"}' % name, media_type="application/json")

    return app
