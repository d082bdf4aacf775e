# gets: wrong-body
# breaks: answers
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return {"pong": name, "ok": True}

    return app
