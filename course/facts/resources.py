"""What is still alive when a task runs: sessions, uploads, requests, arguments."""

import asyncio
import contextlib
import gc
import inspect
import smtplib
import sqlite3
import tempfile
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated, Any

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI, Form, Request, Response, UploadFile
from sqlalchemy import Engine, QueuePool, create_engine, func, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.orm.exc import DetachedInstanceError
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse

from course.facts import Seen, fact
from course.facts._experiments import NotedResponse, in_order, quiet_client, saw
from course.live import Gate, Inbox, serve

_CLOSED_EARLY = ["fastapi>=0.106,<0.118"]  # in these a dependency closed before the response


@fact("F20", "A yield dependency closes after the tasks.", fails=_CLOSED_EARLY)
def closing() -> Seen:
    """Response, task and close."""
    return in_order(_closing(), "response", "task", "close")


@fact("F20b", 'With scope="function" it closes before the response.', known=["fastapi>=0.121"])
def closing_early() -> Seen:
    """Response, task and close, with that scope."""
    return in_order(_closing(scope="function"), "close", "response", "task")


@fact(
    "F20c",
    'An error at the end of a dependency with scope="function" makes the answer a 500, and no task runs.',
    known=["fastapi>=0.121"],
)
def failing_early() -> Seen:
    """The answer and the task of a request whose dependency fails after its yield."""
    app, log = FastAPI(), list[str]()

    def dependency() -> Iterator[None]:
        yield
        raise ConnectionError

    @app.get("/", dependencies=[Depends(dependency, scope="function")])
    async def endpoint(tasks: BackgroundTasks) -> None:
        log.append("endpoint")
        tasks.add_task(log.append, "task")

    status = quiet_client(app).get("/").status_code
    return Seen((status, log) == (500, ["endpoint"]), f"{status}, and what ran: {log}")


def _closing(**scope: Any) -> list[str]:
    app, log = FastAPI(), list[str]()

    def dependency() -> Iterator[None]:
        yield
        log.append("close")

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks, _: Annotated[None, Depends(dependency, **scope)]) -> None:
        tasks.add_task(log.append, "task")

    quiet_client(NotedResponse(app, log)).get("/")
    return log


@fact(
    "F20d",
    'With scope="function" a dependency ends before the rows of an endpoint that yields are sent.',
    known=["fastapi>=0.135"],
)
def over_before_its_rows() -> Seen:
    """An endpoint that yields a row; of server-sent events it may begin first, and its row is sent later."""
    app, log = FastAPI(), list[str]()

    def dependency() -> Iterator[None]:
        yield
        log.append("close")

    @app.get("/", dependencies=[Depends(dependency, scope="function")])
    async def endpoint() -> AsyncIterator[str]:
        log.append("endpoint")
        yield "row"

    quiet_client(app).get("/")
    return in_order(log, "close", "endpoint")


@fact("F21", "A task's exception travels through the yield dependencies of its request.")
def through_the_dependency() -> Seen:
    """What a dependency sees at its yield, in both scopes."""
    log = list[str]()

    def dependency(scope: str) -> Callable[[], Iterator[None]]:
        def watching() -> Iterator[None]:
            try:
                yield
            except Exception as error:
                log.append(f"{scope} scope: {type(error).__name__}")
                raise

        return watching

    def fail() -> None:
        raise ConnectionError

    async def endpoint(tasks: BackgroundTasks) -> None:
        tasks.add_task(fail)

    app = FastAPI()
    app.get("/default", dependencies=[Depends(dependency("default"))])(endpoint)
    app.get("/function", dependencies=[Depends(dependency("function"), scope="function")])(endpoint)
    statuses = [quiet_client(app).get(path).status_code for path in ("/default", "/function")]
    seen = in_order(log, "default scope: ConnectionError")
    return Seen(seen.holds and statuses == [200, 200], f"{statuses}; {seen.evidence}")


class _Base(DeclarativeBase):
    """The tables of these experiments."""


class _Order(_Base):
    """An order of somebody."""

    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer: Mapped[str]


_ONE = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.3}


def _new_engine(**settings: Any) -> Engine:
    """A database in a file of the experiment's own folder."""
    engine = create_engine(f"sqlite:///{Path(tempfile.mkdtemp(), 'shop.db')}", **settings)
    _Base.metadata.create_all(engine)
    return engine


def _stored(engine: Engine) -> int:
    with Session(engine) as db:
        return db.scalar(select(func.count()).select_from(_Order)) or 0


@fact(
    "F22",
    "An open session holds its connection until the last task has ended, also when it only reads; a later "
    "request waits for it.",
)
def held_connection() -> Seen:
    """The second of two orders, in both scopes, while the first one's task is held."""
    default = inspect.signature(QueuePool).parameters
    pool = {name: default[name].default for name in ("pool_size", "max_overflow", "timeout")}
    waited, free = _second_order("request"), _second_order("function")
    reading = _second_order("request", reads_only=True)
    return saw(
        {
            f"a session that only reads: {reading}": reading == "500 TimeoutError",
            f"default scope, the second order: {waited}": waited == "500 TimeoutError",
            f'scope="function": {free}': free == "200",
            f"by default {pool}": pool == {"pool_size": 5, "max_overflow": 10, "timeout": 30.0},
        }
    )


def _second_order(scope: Any, reads_only: bool = False) -> str:
    app, engine, gate = FastAPI(), _new_engine(**_ONE), Gate("the mail is sent")

    def get_db() -> Iterator[Session]:
        with Session(engine) as db:
            yield db

    @app.post("/")
    def order(db: Annotated[Session, Depends(get_db, scope=scope)], tasks: BackgroundTasks) -> None:
        if reads_only:
            db.scalar(select(func.count()).select_from(_Order))
        else:
            new = _Order(customer="Ada")
            db.add(new)
            db.commit()
            db.refresh(new)
        tasks.add_task(gate.wait_async, 20)

    with serve(app) as server:
        server.client.post("/")
        status = server.client.post("/").status_code
        gate.open()
        server.settle()
        errors = [type(error).__name__ for error in server.errors]
    return f"{status} {', '.join(errors)}".strip()


@fact(
    "F23",
    "A closed session begins again and keeps a connection; a committed object cannot be read without one.",
)
def leaking_session() -> Seen:
    """A session and an object of it in a task, with ``scope="function"``."""
    app, engine, seen = FastAPI(), _new_engine(**_ONE), dict[str, object]()

    def get_db() -> Iterator[Session]:
        with Session(engine) as db:
            yield db

    def task(db: Session, order: _Order) -> None:
        seen["closed"] = engine.pool.checkedout()  # type: ignore[attr-defined]
        seen["rows"] = db.scalar(select(func.count()).select_from(_Order))
        try:
            seen["customer"] = order.customer
        except DetachedInstanceError:
            seen["customer"] = "DetachedInstanceError"

    @app.post("/")
    def order(db: Annotated[Session, Depends(get_db, scope="function")], tasks: BackgroundTasks) -> None:
        new = _Order(customer="Ada")
        db.add(new)
        db.commit()
        tasks.add_task(task, db, new)
        seen["kept"] = db

    quiet_client(app).post("/")
    seen["after"] = engine.pool.checkedout()  # type: ignore[attr-defined]
    return saw(
        {
            "before the task no connection was out": seen["closed"] == 0,
            "the closed session read 1 row": seen["rows"] == 1,
            "the object raised DetachedInstanceError": seen["customer"] == "DetachedInstanceError",
            "then a connection was out for good": seen["after"] == 1,
        }
    )


@fact(
    "F22b",
    'A stream reads from a session with scope="function" after its close, on a connection that nobody gives '
    "back.",
    known=["fastapi>=0.121"],
)
def streaming_session() -> Seen:
    """Connections that are out after a stream, in both scopes."""
    out = {scope: _out_after_a_stream(scope) for scope in ("request", "function")}
    return Seen(out == {"request": 0, "function": 1}, f"connections that are out: {out}")


def _out_after_a_stream(scope: Any) -> int:
    app, engine = FastAPI(), _new_engine()
    session = Session(engine)  # the garbage collector would close it if nobody else had it

    def get_db() -> Iterator[Session]:
        with session:
            yield session

    @app.get("/")
    def endpoint(db: Annotated[Session, Depends(get_db, scope=scope)]) -> Response:
        def rows() -> Iterator[str]:
            yield from map(str, db.scalars(select(func.count(_Order.id))))

        return StreamingResponse(rows())

    quiet_client(app).get("/")
    assert isinstance(engine.pool, QueuePool)
    out = engine.pool.checkedout()
    session.close()
    return out


@fact("F23c", "In a session that two requests share, one's rollback takes away what the other has added.")
def shared_session() -> Seen:
    """Two requests, in worker threads; and an httpx client, which eight of them share without harm."""
    app, engine = FastAPI(), _new_engine()
    shared, halfway, rolled_back = Session(engine), Gate("Ada is halfway"), Gate("Bob is done")

    @app.get("/ada")
    def ada() -> None:
        shared.add(_Order(customer="Ada"))
        halfway.open()
        rolled_back.wait(20)
        shared.commit()

    @app.get("/bob")
    def bob() -> None:
        shared.rollback()
        rolled_back.open()

    @app.get("/{number}")
    async def echo(number: int) -> int:
        return number

    with serve(app) as server, ThreadPoolExecutor(8) as threads:
        request = server.submit("GET", "/ada")
        halfway.wait(20)
        server.client.get("/bob")
        status = request.result(20).status_code
        client = server.client
        answers = list(threads.map(lambda number: client.get(f"/{number}").json(), range(40)))
    shared.close()
    lost = status == 200 and _stored(engine) == 0
    return saw({"Ada had her 200, and no order": lost, "one client in 8 threads": answers == list(range(40))})


@fact("F23g", "A shared httpx.Client sends the cookie that one customer's request got with another's, too.")
def shared_cookies() -> Seen:
    """Ada logs in to another server, and then Bob asks it who he is."""

    def partner(request: httpx.Request) -> httpx.Response:
        login = {"set-cookie": "session=ada; path=/"} if request.url.path == "/login/ada" else {}
        return httpx.Response(200, headers=login, text=request.headers.get("cookie", "nobody"))

    with httpx.Client(base_url="http://partner.example", transport=httpx.MockTransport(partner)) as client:
        client.post("/login/ada")
        bob = client.get("/me").text
    return Seen(bob == "session=ada", f"Bob is {bob}")


@fact(
    "F23d",
    "Two mails that meet on one SMTP connection are both refused; a sqlite3 connection of a def dependency "
    "works in a def endpoint as long as both get the same thread.",
)
def shared_connections() -> Seen:
    """One mail in the middle of another; a request alone, and one whose thread is taken meanwhile."""
    return saw(_two_mails() | _two_threads())


@fact("F23f", "EmailMessage refuses a header with a line break in it.")
def line_break_in_a_header() -> Seen:
    """An address that brings a header of its own."""
    mail = EmailMessage()
    try:
        mail["To"] = "ada@example.com\nReply-To: eve@example.com"
    except ValueError as error:
        return Seen(True, f"{error}")
    return Seen(False, "taken")


def _two_mails() -> dict[str, bool]:
    inbox = Inbox()
    with smtplib.SMTP(inbox.host, inbox.port, timeout=20) as smtp:
        smtp.ehlo()
        smtp.mail("shop@example.com")
        try:
            smtp.sendmail("shop@example.com", ["bob@example.com"], "To: bob@example.com")
            bob = "sent"
        except smtplib.SMTPSenderRefused as error:
            bob = str(error.smtp_code)
        ada = str(smtp.docmd("RCPT", "TO:<ada@example.com>")[0])
    inbox.stop()
    return {f"the mail in between: {bob}, the other: {ada}": (bob, ada) == ("503", "503")}


def _two_threads() -> dict[str, bool]:
    app, waits, taken, served = (
        FastAPI(),
        Gate("one waits"),
        Gate("its thread is taken"),
        Gate("it is served"),
    )

    def connect() -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(":memory:")) as connection:
            yield connection

    Connection = Annotated[sqlite3.Connection, Depends(connect)]

    async def pause(_: Connection, busy: bool) -> None:
        if busy:
            waits.open()
            await taken.wait_async(20)

    @app.get("/", dependencies=[Depends(pause)])
    def endpoint(connection: Connection) -> None:
        connection.execute("SELECT 1")

    @app.get("/other")
    def other() -> None:
        taken.open()
        served.wait(20)

    with serve(app) as server:
        alone = []
        for _ in range(3):
            alone.append(server.client.get("/?busy=false").status_code)
            server.settle()
        request = server.submit("GET", "/?busy=true")
        waits.wait(20)
        server.submit("GET", "/other")
        status = request.result(20).status_code
        served.open()
        server.settle()
        errors = {type(error).__name__ for error in server.errors}
    return {
        f"one by one: {alone}": alone == [200, 200, 200],
        f"with its thread taken: {status} {errors}": status == 500 and errors == {"ProgrammingError"},
    }


@fact("F23e", "Coroutines that share an AsyncSession share its transaction: one's rollback is the other's.")
def shared_async_session() -> Seen:
    """One adds an order, the other calls rollback(), the first commits."""

    async def ask() -> int:
        engine = create_async_engine(f"sqlite+aiosqlite:///{Path(tempfile.mkdtemp(), 'shop.db')}")
        async with engine.begin() as connection:
            await connection.run_sync(_Base.metadata.create_all)
        halfway, rolled_back = asyncio.Event(), asyncio.Event()
        async with AsyncSession(engine) as shared:

            async def ada() -> None:
                shared.add(_Order(customer="Ada"))
                halfway.set()
                await rolled_back.wait()
                await shared.commit()

            async def bob() -> None:
                await halfway.wait()
                await shared.rollback()
                rolled_back.set()

            await asyncio.gather(ada(), bob())
            stored = await shared.scalar(select(func.count()).select_from(_Order))
        await engine.dispose()
        return int(stored or 0)

    stored = asyncio.run(ask())
    return Seen(stored == 0, f"Ada's commit raised nothing, and {stored} orders are stored")


@fact(
    "F23b", "With the commit after the yield a task does not find the new row, and its error takes it back."
)
def commit_after_the_task() -> Seen:
    """A task that looks for the row of its request, and fails without; in both scopes."""
    default, function = _commit("request"), _commit("function")
    return saw(
        {
            "default scope: 201, the task found 0 rows, none was stored": default == (201, 0, 0),
            'scope="function": 201, found 1, stored 1': function == (201, 1, 1),
        }
    )


def _commit(scope: Any) -> tuple[int, int, int]:
    """The status, how many rows the task has found, how many are stored in the end."""
    app, found = FastAPI(), list[int]()
    engine = _new_engine()

    def get_db() -> Iterator[Session]:
        with Session(engine) as db:
            yield db
            db.commit()

    def task() -> None:
        found.append(_stored(engine))
        if not found[0]:
            raise LookupError("there is no such order")

    @app.post("/", status_code=201)
    def order(db: Annotated[Session, Depends(get_db, scope=scope)], tasks: BackgroundTasks) -> None:
        db.add(_Order(customer="Ada"))
        db.flush()
        tasks.add_task(task)

    status = quiet_client(app).post("/").status_code
    return status, found[0], _stored(engine)


@fact("F24", "An UploadFile is open in the task, and closed afterwards.", fails=_CLOSED_EARLY)
def upload() -> Seen:
    """Read in a def task and in an async def task."""
    app, read, files = FastAPI(), list[bytes](), list[UploadFile]()

    def task(file: UploadFile) -> None:
        read.append(file.file.read())

    async def async_task(file: UploadFile) -> None:
        await file.seek(0)
        read.append(await file.read())

    @app.post("/")
    async def endpoint(file: UploadFile, tasks: BackgroundTasks) -> None:
        files.append(file)
        tasks.add_task(task, file)
        tasks.add_task(async_task, file)

    quiet_client(app).post("/", files={"file": ("a.txt", b"three apples")})
    closed = [file.file.closed for file in files]
    holds = read == [b"three apples"] * 2 and closed == [True]
    return Seen(holds, f"read: {read}; closed afterwards: {closed}")


@fact(
    "F25",
    "Under uvicorn a request's headers are there in a task, its body only if it was read; its client seems "
    "gone.",
)
def the_request() -> Seen:
    """Two requests, of which one has its body read in the endpoint."""
    app, seen = FastAPI(), list[object]()

    async def task(request: Request) -> None:
        seen.append((request.headers["x-shop"], request.url.path, request.state.user))
        seen.append(await request.is_disconnected())
        try:
            seen.append(await request.body())
        except ClientDisconnect:
            seen.append("ClientDisconnect")

    @app.post("/unread")
    async def unread(request: Request, tasks: BackgroundTasks) -> None:
        request.state.user = "Ada"
        tasks.add_task(task, request)

    @app.post("/read")
    async def read(request: Request, tasks: BackgroundTasks) -> None:
        request.state.user = "Bob"
        await request.body()
        tasks.add_task(task, request)

    with serve(app) as server:
        for path in ("/unread", "/read"):
            server.client.post(path, content=b"three apples", headers={"x-shop": "north"})
            server.settle()
    unread_seen = [("north", "/unread", "Ada"), True, "ClientDisconnect"]
    return Seen(seen == [*unread_seen, ("north", "/read", "Bob"), True, b"three apples"], f"{seen}")


@fact("F25b", "A JSON body is kept and can be read in a task; that of a form or an upload is used up.")
def bodies() -> Seen:
    """The body, read in a task, of what FastAPI has parsed."""
    app, seen = FastAPI(), dict[str, str]()

    async def task(kind: str, request: Request) -> None:
        try:
            seen[kind] = (await request.body()).decode()
        except RuntimeError as error:
            seen[kind] = str(error)

    @app.post("/json")
    async def as_json(order: dict[str, str], request: Request, tasks: BackgroundTasks) -> None:
        tasks.add_task(task, f"json, {order['a']}", request)

    @app.post("/form")
    async def as_form(a: Annotated[str, Form()], request: Request, tasks: BackgroundTasks) -> None:
        tasks.add_task(task, f"form, {a}", request)

    @app.post("/upload")
    async def as_upload(a: UploadFile, request: Request, tasks: BackgroundTasks) -> None:
        tasks.add_task(task, f"upload, {a.filename}", request)

    client = quiet_client(app)
    client.post("/json", json={"a": "b"})
    client.post("/form", data={"a": "b"})
    client.post("/upload", files={"a": ("b", b"b")})
    used_up = "Stream consumed"
    expected = {"json, b": '{"a":"b"}', "form, b": used_up, "upload, b": used_up}
    return Seen(seen == expected, f"{seen}")


@fact(
    "F25c",
    "With TestClient a body that nobody has read can be read in a task, or the client seems to be there.",
)
def the_request_in_a_test() -> Seen:
    """Two requests whose endpoint leaves the body: what the first look at each gives in the task."""
    app, seen = FastAPI(), list[object]()

    async def task(what: str, request: Request) -> None:
        seen.append(await (request.body() if what == "body" else request.is_disconnected()))

    @app.post("/{what}")
    async def endpoint(what: str, request: Request, tasks: BackgroundTasks) -> None:
        tasks.add_task(task, what, request)

    for what in ("body", "client"):
        quiet_client(app).post(f"/{what}", content=b"three apples")
    return Seen(seen == [b"three apples", False], f"{seen}")


@fact("F25d", "A body that an @app.middleware has read, and nobody else, is not there in a task.")
def body_of_a_middleware() -> Seen:
    """The middleware's request and that of the endpoint are two objects."""
    app, seen = FastAPI(), list[object]()

    @app.middleware("http")
    async def read(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        seen.append(await request.body())
        return await call_next(request)

    async def task(request: Request) -> None:
        try:
            seen.append(await request.body())
        except ClientDisconnect:
            seen.append("ClientDisconnect")

    @app.post("/")
    async def endpoint(request: Request, tasks: BackgroundTasks) -> None:
        tasks.add_task(task, request)

    with serve(app) as server:
        server.client.post("/", content=b"three apples")
        server.settle()
    return Seen(seen == [b"three apples", "ClientDisconnect"], f"{seen}")


class _Payload:
    """Something that a weak reference may point to."""


@fact("F26", "The arguments of all tasks of a request live until the last of them has ended.")
def memory() -> Seen:
    """The argument of the first task, while the second runs and afterwards."""
    app, alive = FastAPI(), list[bool]()
    references = list[weakref.ref[_Payload]]()

    def look() -> None:
        gc.collect()
        alive.append(references[0]() is not None)

    @app.get("/")
    async def endpoint(tasks: BackgroundTasks) -> None:
        payload = _Payload()
        references.append(weakref.ref(payload))
        tasks.add_task(id, payload)
        tasks.add_task(look)

    with serve(app) as server:
        server.client.get("/")
        server.settle()
        server.client.get("/docs")  # the connection has forgotten the request before
        look()
    return Seen(alive == [True, False], f"alive during the next task: {alive[0]}, afterwards: {alive[1]}")


@fact("F27", "A task cannot change the response, and no error says so.")
def changing_the_response() -> Seen:
    """A header and a status that come too late."""
    app, log = FastAPI(), list[str]()

    def task(response: Response) -> None:
        response.headers["x-late"] = "yes"
        response.status_code = 500
        log.append("changed")

    @app.get("/")
    async def endpoint(response: Response, tasks: BackgroundTasks) -> None:
        tasks.add_task(task, response)

    with serve(app) as server:
        reply = server.client.get("/")
        server.settle()
        errors = list(server.errors)
    return saw(
        {
            "the task changed it": log == ["changed"],
            "the client saw nothing": reply.status_code == 200 and "x-late" not in reply.headers,
            "no error": not errors,
        }
    )
