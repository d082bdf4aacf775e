# gets: not-json
from fastapi.responses import HTMLResponse


def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping", response_class=HTMLResponse)
    async def ping():
        return f"<p>pong {name}</p>"

    return app
