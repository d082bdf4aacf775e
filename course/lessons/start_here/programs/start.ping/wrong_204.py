# gets: engine.wrong-status
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping", status_code=204)
    async def ping():
        return None

    return app
