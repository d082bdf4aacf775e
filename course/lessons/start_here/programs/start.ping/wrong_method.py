# gets: engine.wrong-method
def build_ping(name):
    app = FastAPI()

    @app.post("/ping")
    def ping():
        return {"pong": name}

    return app
