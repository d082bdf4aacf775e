"""What is retried: errors that real clients raise, provoked on this machine, and what is never retried."""

import ast
import asyncio
import contextlib
import errno
import http.client
import smtplib
import socket
import sqlite3
import ssl
import subprocess
import sys
import textwrap
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import httpx2
import kombu.exceptions
import psycopg
import pytest
import redis
import redis.asyncio
import requests
import sqlalchemy as sa
import sqlalchemy.exc
import sqlalchemy.ext.asyncio as sa_async
import tenacity
import urllib3
from aiosmtpd.controller import Controller
from hypothesis import given
from hypothesis import strategies as st
from tenacity import wait_none

import course.tasks._transient as table
from course.tasks import TaskManager, retry_transient, transient

TLS = ssl.create_default_context()
"""What a client would make for itself, hundreds of times here and 20 ms each time."""


def attempts(task, *errors, **options):
    """How often a task is tried that fails, with three attempts at most, and its error."""
    manager = TaskManager()
    retry = retry_transient(*errors, attempts=3, wait=wait_none(), **options)
    manager.add_task("task", task, retry=retry)
    record = asyncio.run(asyncio.wait_for(manager.run(), 60))["task"]
    assert record.error is not None
    return record.attempts, record.error


def retried(task, **options):
    tries, error = attempts(task, **options)
    assert (tries > 1) == transient(error, **options)
    return tries > 1


class Server:
    """Listens on a port of this machine; `serve(connection)` does the talking."""

    def __init__(self, serve):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        self.open = []
        self.serve = serve
        self.thread = threading.Thread(target=self.accept)
        self.thread.start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                self.open.append(connection)
                with contextlib.suppress(OSError):
                    self.serve(connection)

    def close(self):
        with contextlib.suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join(10)
        for connection in self.open:
            connection.close()


@pytest.fixture
def serving():
    servers = []

    def start(serve):
        servers.append(Server(serve))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def hang_up(connection):
    connection.recv(4096)
    connection.close()


def hang_up_at_once(connection):
    connection.close()


def stay_silent(connection):
    """And keep the connection."""


def says(*answers):
    def serve(connection):
        for answer in answers:
            connection.recv(4096)
            connection.sendall(answer)

    return serve


@pytest.fixture(scope="module")
def closed():
    """A port where nobody listens, for as long as this socket has it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture(scope="module")
def web():
    """Answers /404 with that status, whatever the method; /303?/404 also says where to go."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("content-length") or 0))
            status, _, target = self.path[1:].partition("?")
            self.send_response(int(status))
            if target:
                self.send_header("location", target)
            self.send_header("content-length", "0")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *args): ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join(10)


def get_urllib3(method, url, timeout):
    with urllib3.PoolManager() as pool:
        pool.request(method, url, timeout=timeout, retries=False)


def get_requests(method, url, timeout):
    with requests.Session() as session:
        session.trust_env = False
        session.request(method, url, timeout=timeout).raise_for_status()


def get_urllib(method, url, timeout):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, method=method), timeout=timeout) as answer:
            answer.read()
    except urllib.error.HTTPError as error:
        error.close()
        raise


def get_httpx(module):
    def get(method, url, timeout):
        with module.Client(trust_env=False, verify=TLS) as client:
            client.request(method, url, timeout=timeout).raise_for_status()

    return get


def get_httpx_async(method, url, timeout):
    async def get():
        async with httpx.AsyncClient(trust_env=False, verify=TLS) as client:
            (await client.request(method, url, timeout=timeout)).raise_for_status()

    return get()


CLIENTS = {
    "httpx": get_httpx(httpx),
    "httpx async": get_httpx_async,
    "httpx2": get_httpx(httpx2),
    "requests": get_requests,
    "urllib": get_urllib,
    "urllib3": get_urllib3,
}
clients = pytest.mark.parametrize("client", CLIENTS)

LATE = {
    "httpx": httpx.Timeout(30, read=0.05),
    "httpx async": httpx.Timeout(30, read=0.05),
    "httpx2": httpx2.Timeout(30, read=0.05),
    "requests": (30, 0.05),
    "urllib": 0.05,
    "urllib3": urllib3.Timeout(connect=30, read=0.05),
}
"""Time-outs of the answer alone: on a busy machine a connection may take longer, and that may be repeated."""


def call(client, method, url, timeout=30):
    if client.endswith("async"):

        async def task():
            await CLIENTS[client](method, url, timeout)

        return task
    return lambda: CLIENTS[client](method, url, timeout)


@clients
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_http_nobody_listens(client, method, closed):
    assert retried(call(client, method, f"http://127.0.0.1:{closed}/"))


@pytest.mark.parametrize("again", [False, 0])
def test_urllib3_no_proxy_listens(again, closed):
    with urllib3.ProxyManager(f"http://127.0.0.1:{closed}") as proxy:
        assert retried(lambda: proxy.request("POST", "http://shop.example/", retries=again))


def test_nobody_listens_at_any_address_of_a_name(closed, monkeypatch):
    one = socket.getaddrinfo("127.0.0.1", closed, type=socket.SOCK_STREAM)
    monkeypatch.setattr(
        asyncio.BaseEventLoop, "getaddrinfo", lambda *args, **options: asyncio.sleep(0, one * 2)
    )

    async def connect():
        await asyncio.open_connection("shop.example", closed)

    assert retried(connect)


@clients
@pytest.mark.parametrize(
    "serve", [hang_up, hang_up_at_once, says(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf")]
)
def test_http_the_server_hangs_up(client, serve, serving):
    def half(connection):
        serve(connection)
        connection.close()

    url = serving(half).url
    assert not retried(call(client, "POST", url))  # it may have been done
    assert retried(call(client, "POST", url), idempotent=True)
    if client.startswith("httpx"):  # these know the method, whatever happens
        assert retried(call(client, "GET", url))


@clients
def test_a_card_is_charged_once_although_the_answer_breaks_off(client, serving):
    charged = []

    def charge(connection):
        connection.recv(4096)
        charged.append("10 euros")
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\ndone")
        connection.close()

    attempts(call(client, "POST", serving(charge).url))
    assert charged == ["10 euros"]


@clients
def test_http_the_answer_is_late(client, serving):
    url = serving(stay_silent).url
    task = call(client, "POST", url, timeout=LATE[client])
    assert not retried(task)  # it may have been done
    assert retried(task, idempotent=True)
    if client in ("httpx", "httpx async", "httpx2", "requests"):  # these know the method
        assert retried(call(client, "GET", url, timeout=LATE[client]))


@pytest.mark.parametrize("client", sorted({*CLIENTS} - {"urllib3"}))  # it raises for no status
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 408, 409, 422, 429, 500, 501, 502, 503, 504])
def test_http_status(client, status, web):
    assert retried(call(client, "POST", f"{web}{status}")) == (status == 503)
    assert retried(call(client, "POST", f"{web}{status}"), idempotent=True) == (status in (502, 503, 504))
    if client != "urllib":  # its errors do not know the method
        assert retried(call(client, "GET", f"{web}{status}")) == (status in (502, 503, 504))


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("module", [httpx, httpx2, requests])
def test_a_post_that_was_redirected_is_not_repeated_for_the_answer_behind(module, status, web):
    def task(method, path):
        if module is requests:
            get_requests(method, f"{web}{path}", 30)
        else:
            with module.Client(trust_env=False, follow_redirects=True) as client:
                client.request(method, f"{web}{path}").raise_for_status()

    def again(method, path, **options):
        return retried(lambda: task(method, path), **options)

    to = f"303?/{status}"
    assert not again("POST", to)
    assert again("POST", to, idempotent=True) == (status != 500)
    assert again("GET", to) == (status != 500)
    assert again("POST", f"307?/{status}") == (status == 503)  # that is the same POST again


@clients
def test_http_no_tls_there_is_never_retried(client, web):
    assert not retried(call(client, "GET", web.replace("http:", "https:")))


@pytest.mark.parametrize("url", ["no://127.0.0.1/", "http://", "127.0.0.1"])
@pytest.mark.parametrize("client", ["httpx", "requests", "urllib"])
def test_http_a_wrong_address_is_never_retried(client, url):
    assert not retried(call(client, "GET", url))


def test_http_no_connection_was_free(serving):
    url = serving(stay_silent).url

    async def task():
        timeout = httpx.Timeout(30, pool=0.01)
        async with httpx.AsyncClient(
            limits=httpx.Limits(max_connections=1), timeout=timeout, trust_env=False, verify=TLS
        ) as client:
            first = asyncio.create_task(client.post(url))
            try:
                await asyncio.sleep(0)
                await client.post(url)
            finally:
                first.cancel()
                await asyncio.wait([first])

    tries, error = attempts(task)
    assert isinstance(error, httpx.PoolTimeout)
    assert tries == 3


# Mail


class OnAnyPort(Controller):
    """On a port that is free; aiosmtpd knocks there to see whether it works."""

    def _create_server(self):
        self.port = 0
        return super()._create_server()

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def mail():
    """Starts a mail server that gives one reply to a command."""
    started = []

    def start(**replies):
        class Handler:
            async def handle_MAIL(self, server, session, envelope, address, options):
                envelope.mail_from = address
                return replies.get("mail", "250 OK")

            async def handle_RCPT(self, server, session, envelope, address, options):
                if address in replies:
                    return replies[address]
                envelope.rcpt_tos.append(address)
                return replies.get("rcpt", "250 OK")

            async def handle_DATA(self, server, session, envelope):
                return replies.get("data", "250 OK")

        controller = OnAnyPort(Handler(), hostname="127.0.0.1")
        controller.start()
        started.append(controller)
        return controller.port

    yield start
    for controller in started:
        controller.stop()


def send(port, *to):
    def task():
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
            client.sendmail("shop@example.org", to or ["ada@example.org"], b"Subject: hello\r\n\r\nhello")

    return task


@pytest.mark.parametrize("command", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(
    ("reply", "again"),
    [("421 busy", True), ("450 mailbox busy", True), ("451 try later", True), ("550 no such user", False),
     ("552 too large", False), ("554 refused", False)],
)  # fmt: skip
def test_mail_replies(command, reply, again, mail):
    assert retried(send(mail(**{command: reply}))) == again


def test_mail_to_several_is_tried_again_only_if_nobody_was_refused_for_ever(mail):
    replies = {"a@x.org": "450 busy", "b@x.org": "550 unknown"}
    port = mail(**replies)
    assert retried(send(port, "a@x.org"))
    assert not retried(send(port, "a@x.org", "b@x.org"))


def test_mail_the_server_is_away(serving, closed):
    assert retried(send(closed))
    assert retried(send(serving(hang_up_at_once).port))

    def greet_busy(connection):
        connection.sendall(b"421 too many connections\r\n")
        connection.close()

    assert retried(send(serving(greet_busy).port))

    def greet_and_go(connection):
        connection.sendall(b"220 hello\r\n")
        hang_up(connection)

    assert retried(send(serving(greet_and_go).port))


# Redis


def redis_get(port):
    def task():
        with redis.Redis(port=port, socket_timeout=0.05, retry=None, protocol=2) as client:
            client.get("key")

    return task


def redis_get_async(port):
    async def task():
        async with redis.asyncio.Redis(port=port, socket_timeout=0.05, retry=None, protocol=2) as client:
            await client.get("key")

    return task


@pytest.mark.parametrize("get", [redis_get, redis_get_async])
def test_redis(get, serving, closed):
    assert retried(get(closed))
    assert retried(get(serving(hang_up).port))
    assert not retried(get(serving(stay_silent).port))
    assert retried(get(serving(stay_silent).port), idempotent=True)


@pytest.mark.parametrize(
    ("reply", "again"),
    [("LOADING Redis", True), ("CLUSTERDOWN down", True), ("MASTERDOWN down", True), ("TRYAGAIN", True),
     ("WRONGPASS invalid", False), ("NOAUTH needed", False), ("WRONGTYPE no", False), ("ERR unknown", False)],
)  # fmt: skip
def test_redis_replies(reply, again, serving):
    def serve(connection):
        while data := connection.recv(4096):
            connection.sendall(
                (b"+OK\r\n" if b"SETINFO" in data else b"-" + reply.encode() + b"\r\n")
                * max(data.count(b"SETINFO"), 1)
            )

    assert retried(redis_get(serving(serve).port)) == again


# Databases


def engine(url, **options):
    return sa.create_engine(url, **options)


def ask(url, statement="SELECT 1", **options):
    def task():
        made = engine(url, **options)
        try:
            with made.connect() as connection:
                connection.execute(sa.text(statement))
        finally:
            made.dispose()

    return task


def test_psycopg(serving, closed):
    def connect(port):
        return lambda: psycopg.connect(
            f"host=127.0.0.1 port={port} user=ada dbname=shop sslmode=disable", connect_timeout=30
        )

    assert retried(connect(closed))
    assert retried(connect(serving(hang_up).port))
    assert retried(ask(f"postgresql+psycopg://ada@127.0.0.1:{closed}/shop"))
    assert retried(ask(f"postgresql+psycopg://ada@127.0.0.1:{serving(hang_up).port}/shop?sslmode=disable"))


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize(
    ("state", "again"),
    [("08006", True), ("40001", True), ("40P01", True), ("53300", True), ("55P03", True),
     ("57P01", True), ("57P03", True), ("57P05", True), ("25P03", True), ("57014", False),
     ("28P01", False), ("3D000", False), ("23505", False), ("42P01", False)],
)  # fmt: skip
def test_psycopg_says_with_a_code(state, again, wrapped):
    error = (
        psycopg.errors.lookup(state)("said the server")
        if state != "08006"
        else psycopg.errors.ConnectionFailure("gone")
    )
    assert error.sqlstate == state
    if wrapped:
        error = sa.exc.DBAPIError.instance("SELECT 1", {}, error, psycopg.Error)
    assert transient(error) == again


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("state", table._UNRESOLVED)
def test_a_transaction_that_may_have_been_committed_counts_as_a_time_out(state, wrapped):
    error = psycopg.errors.lookup(state)("said the server")
    if wrapped:
        error = sa.exc.DBAPIError.instance("COMMIT", {}, error, psycopg.Error)
    assert not transient(error)
    assert transient(error, idempotent=True)


@pytest.fixture
def shop(tmp_path):
    """A database file, and a connection that can lock it."""
    file = tmp_path / "shop.db"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY)")
        yield file, other


def test_sqlite(shop):
    file, other = shop

    def write(statement="INSERT INTO orders VALUES (1)"):
        def task():
            with contextlib.closing(sqlite3.connect(file, timeout=0)) as connection:
                connection.execute(statement)
                connection.commit()

        return task

    other.execute("BEGIN EXCLUSIVE")
    assert retried(write())
    insert = "INSERT INTO orders VALUES (1)"
    assert retried(ask(f"sqlite:///{file}", insert, connect_args={"timeout": 0}))

    async def in_async():
        made = sa_async.create_async_engine(f"sqlite+aiosqlite:///{file}", connect_args={"timeout": 0})
        try:
            async with made.begin() as connection:
                await connection.execute(sa.text(insert))
        finally:
            await made.dispose()

    assert retried(in_async)
    other.execute("INSERT INTO orders VALUES (1)")
    other.execute("COMMIT")
    assert not retried(write())  # IntegrityError
    assert not retried(write("INSERT INTO odrers VALUES (2)"))  # no such table
    assert not retried(ask(f"sqlite:///{file}", insert))
    assert not retried(ask(f"sqlite:///{file}", "SELECT * FROM odrers"))
    assert not retried(in_async)


def test_sqlalchemy_no_connection_was_free():
    made = engine("sqlite://", poolclass=sa.pool.QueuePool, pool_size=1, max_overflow=0, pool_timeout=0)
    with made.connect():
        assert retried(made.connect)
    made.dispose()


def test_sqlalchemy_with_a_driver_that_is_not_known():
    class Theirs(Exception): ...

    assert transient(sa.exc.OperationalError("SELECT 1", {}, Theirs("server has gone away")))
    assert not transient(sa.exc.ProgrammingError("SELECT 1", {}, Theirs("syntax")))
    assert not transient(sa.exc.InterfaceError("SELECT 1", {}, Theirs("closed")))
    assert transient(sa.exc.InterfaceError("SELECT 1", {}, Theirs("closed"), connection_invalidated=True))


# Python's own


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (ConnectionError(), True),
        (ConnectionRefusedError(), True),
        (BrokenPipeError(), None),
        (ConnectionResetError(), None),
        (ConnectionAbortedError(), None),
        (http.client.RemoteDisconnected(), None),
        (http.client.IncompleteRead(b""), None),
        (asyncio.IncompleteReadError(b"", 4), None),
        (OSError(errno.EHOSTUNREACH, "no route"), True),
        (OSError(errno.ENETUNREACH, "no network"), True),
        (socket.gaierror(socket.EAI_AGAIN, "try again"), True),
        (socket.gaierror(socket.EAI_NONAME, "unknown"), False),
        (ssl.SSLEOFError(), None),
        (ssl.SSLCertVerificationError(), False),
        (ssl.SSLError(), False),
        (urllib.error.URLError(ConnectionRefusedError()), True),
        (urllib.error.URLError("unknown url type"), False),
        (kombu.exceptions.OperationalError("broker"), True),
        (TimeoutError(), None),
        (OSError(errno.ENOSPC, "disk full"), False),
        (
            OSError(f"Multiple exceptions: [Errno {errno.ECONNREFUSED}] x, [Errno {errno.EHOSTUNREACH}] y"),
            True,
        ),
        (OSError(f"Multiple exceptions: [Errno {errno.ECONNREFUSED}] x, [Errno {errno.EACCES}] y"), False),
        (
            OSError(f"Multiple exceptions: [Errno {errno.ECONNREFUSED}] x, [Errno {errno.EADDRNOTAVAIL}] y"),
            True,  # a machine without IPv6
        ),
        (OSError(f"Multiple exceptions: [Errno {errno.EADDRNOTAVAIL}] x"), False),
        (OSError("Multiple exceptions: x, y"), False),
        (FileNotFoundError(), False),
        (PermissionError(), False),
        (ValueError(), False),
        (KeyError("card"), False),
        (BaseException(), False),
        (asyncio.CancelledError(), False),
        (KeyboardInterrupt(), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_errors_of_python(error, again):
    assert transient(error) == (again is True)
    assert transient(error, idempotent=True) == (again is not False)


NOWHERE = "nowhere.invalid"


@pytest.mark.parametrize(
    ("ask", "again"),
    [
        (lambda: httpx.get(f"http://{NOWHERE}", trust_env=False), True),
        (lambda: requests.get(f"http://{NOWHERE}", proxies={"http": ""}), True),
        (lambda: urllib3.PoolManager(retries=0).request("GET", f"http://{NOWHERE}"), True),
        (lambda: redis.Redis(NOWHERE).ping(), True),
        (lambda: psycopg.connect(f"host={NOWHERE}"), True),
        (lambda: urllib.request.urlopen(f"http://{NOWHERE}"), False),
        (lambda: smtplib.SMTP(NOWHERE), False),
    ],
    ids=["httpx", "requests", "urllib3", "redis", "psycopg", "urllib", "smtplib"],
)
def test_a_name_that_does_not_exist(ask, again, monkeypatch):
    """As docs/transient.md says: most clients do not tell it from a server that was not reached."""

    def unknown(*args, **options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    manager = TaskManager()
    manager.add_task("ask", ask)
    error = asyncio.run(manager.run())["ask"].error
    assert error is not None
    assert transient(error) == again


class CardDeclined(Exception):
    """The shop's own."""


class PaymentIsDown(ConnectionError):
    """The shop's own, too."""


def test_a_refusal_is_never_retried_whatever_caused_it():
    refusal = CardDeclined("insufficient funds")
    refusal.__cause__ = ConnectionError("reset")
    assert not transient(refusal, idempotent=True)
    assert transient(PaymentIsDown())


def test_a_name_is_not_enough():
    class ConnectError(Exception):
        """Not httpx's."""

    assert not transient(ConnectError())


leaves = st.sampled_from(
    [ConnectionError, TimeoutError, ValueError, CardDeclined, PaymentIsDown, KeyboardInterrupt]
)


def groups(children):
    return st.builds(BaseExceptionGroup, st.just("group"), st.lists(children, min_size=1, max_size=3))


errors = st.recursive(leaves.map(lambda kind: kind("x")), groups, max_leaves=6)


def leaves_of(error):
    if isinstance(error, BaseExceptionGroup):
        return [leaf for one in error.exceptions for leaf in leaves_of(one)]
    return [error]


@given(errors, st.booleans())
def test_a_group_is_transient_if_all_its_leaves_are(error, idempotent):
    expected = all(transient(leaf, idempotent=idempotent) for leaf in leaves_of(error))
    assert transient(error, idempotent=idempotent) == expected
    retry = retry_transient(idempotent=idempotent).retry
    assert retry.predicate(error) == expected
    mine = retry_transient(CardDeclined, transient, idempotent=idempotent).retry
    assert mine.predicate(error) == all(
        isinstance(leaf, CardDeclined) or transient(leaf, idempotent=idempotent) for leaf in leaves_of(error)
    )


def test_it_can_be_extended_and_replaced():
    def fail(error):
        def task():
            raise error

        return task

    def busy(error):
        return "busy" in str(error)

    assert attempts(fail(CardDeclined("busy")))[0] == 1
    assert attempts(fail(CardDeclined("busy")), transient, busy)[0] == 3
    assert attempts(fail(ConnectionError()), transient, busy)[0] == 3
    assert attempts(fail(ConnectionError()), busy)[0] == 1
    assert attempts(fail(TimeoutError()), transient, busy)[0] == 1
    assert attempts(fail(TimeoutError()), transient, busy, idempotent=True)[0] == 3
    with pytest.raises(TypeError, match="ConnectionError"):
        retry_transient(ConnectionError())


def test_the_documentation_names_every_error_that_the_table_has():
    page = (Path(__file__).parents[2] / "docs" / "transient.md").read_text(encoding="utf-8")
    for package, rules in table._RULES.items():
        for name in rules:
            assert f"`{name}`" in page, f"{package}.{name}"
        assert package == "builtins" or package in page
    for code in ("503", "502", "504", *table._SQLSTATES, *table._UNRESOLVED):
        assert code in page


@pytest.mark.parametrize("status", [503, 429])
@pytest.mark.parametrize(
    ("said", "seconds"), [("17", 17), ("3600", 59), ("Wed, 21 Oct 2026 07:28:00 GMT", 1), ("", 1)]
)
def test_the_documentation_waits_as_long_as_it_was_told(status, said, seconds):
    page = (Path(__file__).parents[2] / "docs" / "transient.md").read_text(encoding="utf-8")
    section = page.partition("## Retry-After\n")[2].partition("\n## ")[0]
    code = "\n".join(line for line in section.splitlines() if not line or line.startswith("    "))
    names = {"httpx": httpx, "tenacity": tenacity, "retry_transient": retry_transient, "transient": transient}
    *before, last = ast.parse(textwrap.dedent(code)).body
    exec(compile(ast.Module(before, []), "transient.md", "exec"), names)
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    retrying = eval(compile(ast.Expression(last.value), "transient.md", "eval"), names).copy(sleep=sleep)

    async def refused():
        headers, request = {"Retry-After": said}, httpx.Request("POST", "http://127.0.0.1/")
        httpx.Response(status, headers=headers, request=request).raise_for_status()

    with pytest.raises(httpx.HTTPStatusError):
        asyncio.run(retrying(refused))
    assert len(slept) == 3
    assert all(seconds <= pause <= seconds + 1 for pause in slept)


def test_no_client_is_imported():
    names = "{'httpx', 'requests', 'redis', 'psycopg', 'sqlalchemy', 'kombu', 'smtplib', 'sqlite3'}"
    program = f"import sys, course.tasks as t; t.retry_transient(); print(sorted({names} & set(sys.modules)))"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=True
    )
    assert ended.stdout == "[]\n"


def test_a_mail_server_that_is_silent_after_the_mail_is_a_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        mail = smtplib.SMTP(timeout=0.2)
        mail.sock = socket.create_connection(server.getsockname(), timeout=0.2)
        with pytest.raises(smtplib.SMTPServerDisconnected) as caught:
            mail.noop()
        mail.close()
    assert not transient(caught.value)
    assert transient(caught.value, idempotent=True)
