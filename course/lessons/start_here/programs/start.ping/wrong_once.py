# gets: engine.endpoint-raised
# breaks: again
def build_ping(name: str) -> FastAPI:
    app = FastAPI()
    names = [name]

    @app.get("/ping")
    async def ping():
        return {"pong": names.pop()}

    return app
