from fastapi.responses import JSONResponse


def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def answer(request, call_next):
        if request.url.path == "/ping" and request.method == "GET":
            return JSONResponse({"pong": name})
        return await call_next(request)

    return app
