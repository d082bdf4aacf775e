from starlette.responses import JSONResponse
from starlette.routing import Route


def build_ping(name):
    async def ping(request):
        return JSONResponse({"pong": name})

    return FastAPI(routes=[Route("/ping", ping)])
