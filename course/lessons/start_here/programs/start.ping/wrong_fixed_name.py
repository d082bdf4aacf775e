# gets: wrong-name
def build_ping(name):
    app = FastAPI()

    @app.get("/ping")
    def ping():
        return {"pong": "Ada"}

    return app
