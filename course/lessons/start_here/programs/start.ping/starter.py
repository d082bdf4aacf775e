def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return ____

    return app
