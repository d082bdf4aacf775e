# gets: no-id
from fastapi.responses import PlainTextResponse


def build_shop(services: Services) -> FastAPI:
    app = FastAPI()

    @app.post("/orders", status_code=202)
    def accept(order: Order) -> PlainTextResponse:
        return PlainTextResponse("thank you", 202)

    return app
