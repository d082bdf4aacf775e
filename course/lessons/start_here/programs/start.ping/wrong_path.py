# gets: engine.not-there
def build_ping(name):
    app = FastAPI()

    @app.get("/")
    def ping():
        return {"pong": name}

    return app
