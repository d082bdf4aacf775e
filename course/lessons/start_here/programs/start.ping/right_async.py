from fastapi import APIRouter
from fastapi.responses import JSONResponse


def build_ping(name):
    router = APIRouter()
    router.add_api_route("/ping", lambda: JSONResponse({"pong": name}))
    app = FastAPI()
    app.include_router(router)
    return app
