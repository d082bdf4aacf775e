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


# %% right middleware
from fastapi.responses import JSONResponse


def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def answer(request, call_next):
        if request.url.path == "/ping" and request.method == "GET":
            return JSONResponse({"pong": name})
        return await call_next(request)

    return app


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


# %% wrong extra gets wrong-body breaks answers
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return {"pong": name, "ok": True}

    return app


# %% wrong json_in_text gets wrong-body
import json


def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return json.dumps({"pong": name})

    return app


# %% wrong nothing gets wrong-body
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        {"pong": name}

    return app


# %% wrong fixed_name gets wrong-name
def build_ping(name):
    app = FastAPI()

    @app.get("/ping")
    def ping():
        return {"pong": "Ada"}

    return app


# %% wrong once gets used-up breaks again
def build_ping(name: str) -> FastAPI:
    app = FastAPI()
    names = [name]

    @app.get("/ping")
    async def ping():
        return {"pong": names.pop()}

    return app


# %% wrong 204 gets engine.wrong-status
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping", status_code=204)
    async def ping():
        return None

    return app


# %% wrong global_name gets last-name breaks own-name
NAME = ""


def build_ping(name: str) -> FastAPI:
    global NAME
    NAME = name
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return {"pong": NAME}

    return app


# %% wrong bytes gets not-json
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return Response(name.encode())

    from starlette.responses import Response

    return app


# %% wrong html gets not-json
from fastapi.responses import HTMLResponse


def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping", response_class=HTMLResponse)
    async def ping():
        return f"<p>pong {name}</p>"

    return app


# %% wrong not_escaped gets not-json breaks given-name
from fastapi import Response


def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return Response('{"pong": "%s"}' % name, media_type="application/json")

    return app


# %% wrong strips_the_name gets changed-name breaks given-name
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return {"pong": name.strip()}

    return app


# %% wrong fills_in_a_name gets changed-name breaks given-name
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return {"pong": name or "world"}

    return app


# %% wrong has_three_answers gets used-up breaks again
def build_ping(name: str) -> FastAPI:
    app = FastAPI()
    answers = [{"pong": name}] * 3

    @app.get("/ping")
    async def ping():
        return answers.pop()

    return app


# %% wrong text_that_looks_like_json gets other-type breaks answers
import json

from fastapi.responses import PlainTextResponse


def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return PlainTextResponse(json.dumps({"pong": name}))

    return app


# %% wrong number gets wrong-body
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return {"pong": int(name) if name.isdigit() else name}

    return app


# %% wrong cut gets changed-name breaks given-name
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return {"pong": name[:50]}

    return app


# %% wrong normalized gets changed-name
import unicodedata


def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping():
        return {"pong": unicodedata.normalize("NFKC", name)}

    return app


# %% wrong parameter gets name-of-the-request breaks given-name
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/ping")
    async def ping(name: str = name):
        return {"pong": name}

    return app


# %% wrong ten_requests gets no-more breaks again
import itertools

from fastapi import HTTPException


def build_ping(name: str) -> FastAPI:
    app = FastAPI()
    requests = itertools.count(1)

    @app.get("/ping")
    async def ping():
        if next(requests) > 10:
            raise HTTPException(429)
        return {"pong": name}

    return app


# %% wrong busy gets one-at-a-time breaks again
import asyncio

from fastapi import FastAPI, HTTPException


def build_ping(name: str) -> FastAPI:
    app = FastAPI()
    lock = asyncio.Lock()

    @app.get("/ping")
    async def ping():
        if lock.locked():
            raise HTTPException(503)
        async with lock:
            await asyncio.sleep(0.02)
            return {"pong": name}

    return app


# %% wrong shared_by_a_key gets alike breaks own-name
from fastapi import FastAPI

_apps = {}


def build_ping(name: str) -> FastAPI:
    key = name.strip().casefold()
    if key not in _apps:
        app = FastAPI()
        app.get("/ping")(lambda: {"pong": name})
        _apps[key] = app
    return _apps[key]


# %% wrong five_answers gets used-up breaks again
from itertools import repeat

from fastapi import FastAPI


def build_ping(name: str) -> FastAPI:
    app = FastAPI()
    answers = repeat({"pong": name}, 5)

    @app.get("/ping")
    async def ping():
        return next(answers)

    return app


# %% wrong every_path gets answers-others breaks answers
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/{path:path}")
    async def ping(path: str):
        return {"pong": name}

    return app


# %% wrong every_method gets answers-others breaks answers
def build_ping(name: str) -> FastAPI:
    app = FastAPI()

    @app.api_route("/ping", methods=["GET", "POST", "PUT", "DELETE"])
    async def ping():
        return {"pong": name}

    return app


# %% wrong json_by_hand gets not-json breaks given-name
from fastapi import Response


def build_ping(name: str) -> FastAPI:
    app = FastAPI()
    quoted = name.replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")

    @app.get("/ping")
    async def ping():
        return Response('{"pong": "%s"}' % quoted, media_type="application/json")

    return app


# %% wrong no_control_characters gets not-json breaks given-name
from fastapi import Response


def build_ping(name: str) -> FastAPI:
    app = FastAPI()
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")

    @app.get("/ping")
    async def ping():
        return Response('{"pong": "%s"}' % quoted, media_type="application/json")

    return app


# %% wrong looks_the_same gets alike breaks own-name
import unicodedata

apps = {}


def build_ping(name):
    key = unicodedata.normalize("NFC", name)
    if key in apps:
        return apps[key]
    app = FastAPI()
    apps[key] = app

    @app.get("/ping")
    def ping():
        return {"pong": name}

    return app


# %% wrong one_stream gets other-later breaks again
import json

from fastapi.responses import StreamingResponse


def build_ping(name: str) -> FastAPI:
    app = FastAPI()
    answer = StreamingResponse(iter([json.dumps({"pong": name})]), media_type="application/json")

    @app.get("/ping")
    async def ping():
        return answer

    return app
