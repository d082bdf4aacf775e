"""The board's server: what seats send (``/api``), and the instructor's page (``/board``).

The page is made of parts that are drawn here once for everybody and arrive as server-sent events.
"""

import asyncio
import contextlib
import hashlib
import secrets
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import segno
import uvicorn
from fastapi import Depends, FastAPI, Form, Header, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from markupsafe import Markup
from starlette.staticfiles import StaticFiles

from course.classroom.guard import Below, Buckets, Guard
from course.classroom.hub import Hub, HubAway
from course.classroom.live import Busy, Full, Live
from course.classroom.names import clean
from course.classroom.wire import LARGEST, Join, Joined, Show, Status, Sync
from course.practice.texts import lesson_names

MOST_PAGES = 100
_TRIES_EACH = (5 / 60, 5)
"""Wrong codes of one address: so many a second, so many at once. Right ones do not count."""
_TRIES_ALL = (1.0, 60)
_MESSAGES = (2.0, 30)
"""Messages of one seat; it sends one in five seconds, and one more for each thing that is done."""


@dataclass(frozen=True)
class Address:
    """Where learners reach the board: ``http://192.168.1.20:8765``, and by which names it may be called.

    Without names it may be called by any, which is right behind a hub's proxy: that has the names.
    """

    url: str
    hosts: tuple[str, ...]

    def words(self, code: str) -> str:
        """What learners type."""
        place = self.url.removeprefix("http://")
        return f"{code}@{place}"

    def qr(self, code: str) -> segno.QRCode:
        """Leads to the page that says how to join. Browsers keep what is behind the # to themselves."""
        return segno.make_qr(f"{self.url}/#{code}")


def create_app(live: Live, address: Address) -> FastAPI:
    """The board of one class, for a room: a join code lets learners in, a secret link the instructor."""
    app = _app(live, address.hosts)
    _add_seats(app, live)
    _add_joining(app, live)
    _add_pages(app, live, address, None)
    return app


def create_service(live: Live, hub: Hub) -> FastAPI:
    """The board of one class as a service of a JupyterHub, which says who is who: there is no join code."""
    app = _app(live, (), hub.prefix)
    _add_seats(app, live)
    _add_showing(app, live, hub)
    _add_pages(app, live, None, hub)
    return app


def _app(live: Live, hosts: Sequence[str], prefix: str = "") -> FastAPI:
    """What every board has. ``prefix`` begins all paths, where a proxy passes them on whole."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        running = asyncio.create_task(live.run())
        yield
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/static", StaticFiles(directory=Path(__file__).with_name("static")), name="static")
    app.add_middleware(Guard, hosts=hosts, largest=LARGEST)
    app.add_middleware(Below, prefix=prefix)
    app.add_exception_handler(Busy, _try_again_in(2, 503))
    app.add_exception_handler(HubAway, _try_again_in(5, 503))
    app.add_exception_handler(Full, _try_again_in(600, 429))
    return app


def _try_again_in(seconds: int, status: int) -> Any:
    async def answer(_: Request, error: Exception) -> Response:
        return JSONResponse({"detail": type(error).__name__}, status, {"Retry-After": str(seconds)})

    return answer


def serve(app: FastAPI, listener: socket.socket) -> None:
    """Answer on that socket until Ctrl-C. Pages that are open do not hold it up."""
    allow_many_connections()
    config = uvicorn.Config(
        app,
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,  # longer than a seat is silent
        timeout_graceful_shutdown=1,
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn has stopped in order, then raises it again
        uvicorn.Server(config).run(sockets=[listener])


def allow_many_connections() -> None:
    """A thousand seats need more open files than many systems give a program unasked."""
    try:
        import resource
    except ImportError:  # Windows, which has no such limit
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 16_384 if most == resource.RLIM_INFINITY else min(most, 16_384)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


# ---- seats -------------------------------------------------------------------------------------------------


def _add_seats(app: FastAPI, live: Live) -> None:
    """What the machines of learners ask that have a seat."""
    messages = Buckets(*_MESSAGES)

    def seat(authorization: Annotated[str, Header(max_length=200)] = "") -> int:
        found = live.seat_of(authorization.removeprefix("Bearer "))
        if found is None:
            raise HTTPException(401)
        now = live.clock()
        _refuse_for(messages.wait(found, now))
        messages.take(found, now)
        return found

    @app.post("/api/sync")
    async def sync(message: Sync, seat: Annotated[int, Depends(seat)]) -> Status:
        return await live.sync(seat, message)

    @app.post("/api/leave")
    async def leave(seat: Annotated[int, Depends(seat)]) -> dict[str, int]:
        await live.leave(seat)
        return {}


def _add_joining(app: FastAPI, live: Live) -> None:
    """A seat is given to who knows the join code."""
    each, everybody = Buckets(*_TRIES_EACH), Buckets(*_TRIES_ALL)

    @app.post("/api/join")
    async def join(asked: Join, request: Request) -> Joined:
        where = request.client.host if request.client else ""
        now = live.clock()
        _refuse_for(max(each.wait(where, now), everybody.wait("", now)))
        if not secrets.compare_digest(asked.code.encode(), live.found.code.encode()):
            each.take(where, now)
            everybody.take("", now)
            raise HTTPException(400, "There is no such class.")
        found = await live.join(asked, asked.name)
        return Joined(name=found.name, class_name=live.found.name)


def _add_showing(app: FastAPI, live: Live, hub: Hub) -> None:
    """A seat is given to who shows the ticket of a user of the hub, by the name there."""

    @app.post("/api/show")
    async def show(asked: Show) -> Joined:
        if not hub.gave(asked.ticket, asked.user):
            raise HTTPException(403, "The hub gave no such ticket.")
        found = await live.join(asked, clean(asked.user))
        return Joined(name=found.name, class_name=live.found.name)


def _refuse_for(seconds: float) -> None:
    if seconds > 0:
        raise HTTPException(429, headers={"Retry-After": str(int(seconds) + 1)})


# ---- pages -------------------------------------------------------------------------------------------------


def _add_pages(app: FastAPI, live: Live, address: Address | None, hub: Hub | None) -> None:
    """What browsers ask."""
    door = _Door(live, hub)
    shown, watching = _how_to_join(live, address), set[object]()
    only_instructor = [Depends(door.refuse_others)]
    or_login = [Depends(door.send_others_to_login)]
    if hub is not None:
        _add_login(app, hub, door)

    @app.get("/")
    async def hello() -> Response:
        if address is None:
            return RedirectResponse("board/", 303)
        return HTMLResponse(live.page("hello", address=shown["words"].partition("@")[2]))

    @app.get("/open/{secret}")
    async def open_board(secret: str, request: Request) -> Response:
        if not secrets.compare_digest(secret.encode(), live.found.secret.encode()):
            raise HTTPException(404)
        return door.let_in(RedirectResponse("../board/", 303), request)

    @app.get("/board/", dependencies=or_login)
    async def board() -> HTMLResponse:
        chosen = live.marks.get("lesson", "")
        return HTMLResponse(live.page("board", lessons=lesson_names(), chosen=chosen, **shown))

    @app.get("/board/projector", dependencies=or_login)
    async def projector() -> HTMLResponse:
        return HTMLResponse(live.page("projector", **shown))

    @app.get("/board/stream", dependencies=only_instructor, response_class=EventSourceResponse)
    async def stream(
        view: Literal["b", "p"], seen: str = "", last_event_id: Annotated[str, Header()] = ""
    ) -> AsyncIterator[ServerSentEvent]:
        if len(watching) >= MOST_PAGES:
            return
        page = object()
        watching.add(page)
        try:
            version = live.pages.read_mark(last_event_id or seen)
            async for mark, news in live.pages.changes(version, f"{view}-"):
                yield ServerSentEvent(raw_data=news, id=mark)
        finally:
            watching.discard(page)

    @app.post("/board/hand", dependencies=only_instructor)
    async def hand(
        seat: Annotated[int, Form()], state: Annotated[Literal["coming", "down"], Form()]
    ) -> Response:
        place = live.room.places.get(seat)
        if place is None:
            raise HTTPException(404)
        if place.seat.hand_state != "down":
            await live.set_hand(place.seat, place.seat.hand, place.seat.hand_at, state)
        return _back()

    @app.post("/board/reveal", dependencies=only_instructor)
    async def reveal(
        poll: Annotated[str, Form(max_length=120)], revealed: Annotated[str, Form()] = ""
    ) -> Response:
        await live.mark(f"poll:{poll}", "yes" if revealed else None)
        return _back()

    @app.post("/board/timer", dependencies=only_instructor)
    async def timer(
        minutes: Annotated[float, Form(ge=0, le=600)], stop: Annotated[str, Form()] = ""
    ) -> Response:
        runs = minutes > 0 and not stop
        await live.mark("timer", str(live.clock() + 60 * minutes) if runs else None)
        return _back()

    @app.post("/board/lesson", dependencies=only_instructor)
    async def lesson(lesson: Annotated[str, Form(max_length=100)] = "") -> Response:
        await live.mark("lesson", lesson if lesson in lesson_names() else None)
        return _back()


def _how_to_join(live: Live, address: Address | None) -> dict[str, str]:
    """The words and their QR code; nothing where seats come in by themselves."""
    if address is None:
        return {"words": "", "qr": ""}
    words, qr = address.words(live.found.code), address.qr(live.found.code)
    return {"words": words, "qr": Markup(qr.svg_inline(omitsize=True, title=words))}


class _Door:
    """Tells the instructor by a cookie, which scripts do not see, and other sites and seats do not get."""

    def __init__(self, live: Live, hub: Hub | None) -> None:
        self._name = f"class-board-{live.found.id}"
        self._cookie = hashlib.sha256(f"cookie {live.found.secret}".encode()).hexdigest()
        self._hub = hub
        self.own: dict[str, Any] = {"httponly": True, "path": f"{hub.prefix}/" if hub else "/"}

    def let_in(self, answer: Response, request: Request) -> Response:
        """With this answer the browser becomes the instructor's."""
        # Who comes from the login of the hub may come from a site elsewhere; forms are guarded otherwise.
        same_site: Literal["lax", "strict"] = "lax" if self._hub else "strict"
        secure = request.url.scheme == "https"
        answer.set_cookie(self._name, self._cookie, samesite=same_site, secure=secure, **self.own)
        return answer

    def knows(self, request: Request) -> bool:
        """Whether it is the instructor's browser."""
        return secrets.compare_digest(request.cookies.get(self._name, "").encode(), self._cookie.encode())

    def refuse_others(self, request: Request) -> None:
        """For what pages ask."""
        if not self.knows(request):
            raise HTTPException(403, "Open the link that `class open` has printed.")

    def send_others_to_login(self, request: Request) -> None:
        """For pages: the hub can say who it is."""
        if self._hub is not None and not self.knows(request):
            raise HTTPException(303, headers={"Location": "../login"})
        self.refuse_others(request)


_STATE = "class-board-state"


def _add_login(app: FastAPI, hub: Hub, door: _Door) -> None:
    """The way over the hub to the page, for who may see this service there."""

    @app.get("/login")
    async def login(request: Request) -> Response:
        state = secrets.token_urlsafe(24)
        answer = RedirectResponse(hub.login(state), 303)
        secure = request.url.scheme == "https"
        answer.set_cookie(_STATE, state, max_age=600, samesite="lax", secure=secure, **door.own)
        return answer

    @app.get("/oauth_callback")
    async def come_back(
        request: Request,
        state: Annotated[str, Query(max_length=100)] = "",
        code: Annotated[str, Query(max_length=500)] = "",
    ) -> Response:
        expected = request.cookies.get(_STATE, "")
        if not expected or not secrets.compare_digest(state.encode(), expected.encode()):
            raise HTTPException(403, "Open the class board from the hub's own menu, under Services.")
        if not await hub.lets_in(code):
            raise HTTPException(403, "The hub does not let you see this class board.")
        answer = door.let_in(RedirectResponse("board/", 303), request)
        answer.delete_cookie(_STATE, path=door.own["path"])
        return answer


def _back() -> Response:
    """Where the browser goes that runs no script."""
    return RedirectResponse("./", 303)
