# %% starter
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return ____

    return app


# %% right reference
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return {"pong": name}

    return app


# %% right async
from fastapi import APIRouter
from fastapi.responses import JSONResponse


def build_ping(name):
    router = APIRouter()
    router.add_api_route("/ping", lambda: JSONResponse({"pong": name}))
    app = FastAPI()
    app.include_router(router)
    return app


# %% right routes
from starlette.responses import JSONResponse
from starlette.routing import Route


def build_ping(name):
    async def ping(request):
        return JSONResponse({"pong": name})

    return FastAPI(routes=[Route("/ping", ping)])


# %% wrong path gets engine.not-there
def build_ping(name):
    app = FastAPI()

    @app.get("/")
    def ping():
        return {"pong": name}

    return app


# %% wrong method gets engine.wrong-method
def build_ping(name):
    app = FastAPI()

    @app.post("/ping")
    def ping():
        return {"pong": name}

    return app


# %% wrong key gets wrong-body
def build_ping(name):
    app = FastAPI()

    @app.get("/ping")
    def ping():
        return {name: "pong"}

    return app


# %% wrong text gets wrong-body
def build_ping(name):
    app = FastAPI()

    @app.get("/ping")
    def ping():
        return "pong"

    return app


# %% wrong fixed_name gets wrong-name
def build_ping(name):
    app = FastAPI()

    @app.get("/ping")
    def ping():
        return {"pong": "Ada"}

    return app
