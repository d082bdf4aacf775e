# gets: not-json
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return Response(name.encode())

    from starlette.responses import Response

    return app
