# gets: wrong-body
def build_ping(name):
    app = FastAPI()

    @app.get("/ping")
    def ping():
        return "pong"

    return app
