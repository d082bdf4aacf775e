# gets: last-name
# breaks: own-name
NAME = ""


def build_ping(name: str) -> FastAPI:
    global NAME
    NAME = name
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return {"pong": NAME}

    return app
