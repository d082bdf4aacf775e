# gets: wrong-body
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        {"pong": name}

    return app
