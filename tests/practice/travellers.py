"""Programs as they stand in the cells of a notebook: each must do the same in a check as there.

The name says what is special about it. ``build_register()`` returns something that can be compared by its
text. A line ``# %%`` begins another cell.
"""

PROGRAMS = {
    "a lock": """
import threading
lock = threading.Lock()
def build_register():
    with lock:
        return "held once"
""",
    "a lock that is held": """
import threading
lock = threading.Lock()
taken = lock.acquire()
def build_register():
    return lock.acquire(timeout=5) or lock.locked()
""",
    "a lock among an object's attributes": """
import threading
class Counter:
    def __init__(self):
        self.lock, self.again, self.n = threading.Lock(), threading.RLock(), 0
    def up(self):
        with self.lock, self.again:
            self.n += 1
            return self.n
counter = Counter()
def build_register():
    return counter.up() > 0
""",
    "semaphores, events, conditions and barriers of threads": """
import threading
pool, bounded = threading.Semaphore(2), threading.BoundedSemaphore(2)
event, condition, barrier = threading.Event(), threading.Condition(), threading.Barrier(2)
event.set()
def build_register():
    with pool, bounded, condition:
        thread = threading.Thread(target=barrier.wait)
        thread.start()
        barrier.wait()
        thread.join()
        return event.wait(5)
""",
    "queues": """
import queue
jobs, simple, ordered = queue.Queue(maxsize=3), queue.SimpleQueue(), queue.PriorityQueue()
jobs.put("a")
ordered.put(2)
def build_register():
    simple.put("b")
    return jobs.qsize(), jobs.maxsize, simple.get(), ordered.queue
""",
    "a pool of threads": """
from concurrent.futures import ThreadPoolExecutor
pool = ThreadPoolExecutor(2, thread_name_prefix="mine")
pool.submit(int).result()
def build_register():
    return list(pool.map(abs, [-1, -2])), pool._max_workers, pool._thread_name_prefix
""",
    "a pool of processes": """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
pool = ProcessPoolExecutor(1)
def double(n):
    return 2 * n
def build_register():
    can_see_it = multiprocessing.get_start_method() == "fork"  # not a notebook's function from Python 3.14 on
    with pool:
        return pool.submit(double if can_see_it else abs, -4).result() in (-8, 4)
""",
    "a context variable": """
from contextvars import ContextVar
request_id = ContextVar("request_id", default="none")
user = ContextVar("user")
def build_register():
    token = request_id.set("7")
    seen = request_id.get()
    request_id.reset(token)
    return seen, request_id.get(), user.get("nobody")
""",
    "locks, events, semaphores and queues of asyncio": """
import asyncio
lock, event, limit, jobs = asyncio.Lock(), asyncio.Event(), asyncio.Semaphore(3), asyncio.Queue(5)
ordered, condition, barrier = asyncio.PriorityQueue(), asyncio.Condition(), asyncio.Barrier(1)
jobs.put_nowait("x")
event.set()
async def build_register():
    async with lock, limit, condition:
        await event.wait()
        await barrier.wait()
        return await jobs.get(), limit._value, ordered.empty()
""",
    "asyncio primitives that a loop has used": """
import asyncio
lock, limit = asyncio.Lock(), asyncio.Semaphore(1)
async def use():
    async def one():
        async with lock, limit:
            await asyncio.sleep(0)
    await asyncio.gather(one(), one())
    return lock.locked()
# %%
asyncio.new_event_loop().run_until_complete(use())
# %%
async def build_register():
    lock._loop = limit._loop = None
    return await use()
""",
    "limiters and events of anyio": """
import anyio
limiter, event, lock = anyio.CapacityLimiter(2), anyio.Event(), anyio.Lock()
async def build_register():
    async with limiter, lock:
        event.set()
        return limiter.total_tokens
""",
    "a logger": """
import logging
logger = logging.getLogger("shop.tasks")
adapter = logging.LoggerAdapter(logger, {"order": 7})
def build_register():
    logger.info("hello")
    adapter.warning("hello")
    return logger.name
""",
    "a handler that keeps what is logged": """
import logging
class Kept(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []
    def emit(self, record):
        self.lines.append(record.getMessage())
kept = Kept()
stream = logging.StreamHandler()
logger = logging.getLogger("shop.kept")
def build_register():
    logger.addHandler(kept)
    logger.warning("kept")
    logger.removeHandler(kept)
    return kept.lines[-1:]
""",
    "mocks": """
from unittest.mock import AsyncMock, MagicMock, Mock, call, sentinel
send = MagicMock(return_value=3)
later = AsyncMock(side_effect=[1, 2])
fails = Mock(side_effect=ValueError("down"))
nested = Mock()
nested.mailer.send.return_value = "sent"
async def build_register():
    send.reset_mock()
    send("a")
    try:
        fails()
    except ValueError as error:
        said = str(error)
    return send("b"), send.mock_calls == [call("a"), call("b")], said, nested.mailer.send(), later is not None
""",
    "dataclasses": """
from dataclasses import dataclass, field
@dataclass(frozen=True, slots=True)
class Line:
    sku: str
    amount: int = 1
@dataclass(order=True)
class Order:
    number: int
    lines: list[Line] = field(default_factory=list)
    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)
def build_register():
    return Order(1, [Line("tea", 2)]), Order(1) < Order(2), Order(3, [Line("x")]).total
""",
    "enums": """
from enum import Enum, Flag, IntEnum, StrEnum, auto
class State(StrEnum):
    NEW = auto()
    PAID = auto()
class Colour(Enum):
    RED = 1
    def shout(self):
        return self.name.upper()
class Rights(Flag):
    READ = auto()
    WRITE = auto()
current = State.NEW
def build_register():
    both = Rights.READ | Rights.WRITE
    return current is State.NEW, State("paid"), Colour.RED.shout(), Rights.READ in both, list(State)
""",
    "named tuples and typed dicts": """
from collections import namedtuple
from typing import NamedTuple, TypedDict, Protocol, Literal
class Point(NamedTuple):
    x: int
    y: int = 0
    def far(self):
        return self.x + self.y
Pair = namedtuple("Pair", "left right")
class Body(TypedDict, total=False):
    name: str
class Sends(Protocol):
    def send(self, to: str) -> None: ...
Kind = Literal["a", "b"]
start = Point(1)
def build_register():
    body: Body = {"name": "x"}
    return start.far(), Pair(1, 2)._asdict(), body
""",
    "pydantic models that are nested, generic and refer to each other": """
from typing import Annotated, Generic, Optional, TypeVar
from pydantic import BaseModel, Field, field_validator, computed_field, ConfigDict, TypeAdapter
T = TypeVar("T")
class Item(BaseModel):
    model_config = ConfigDict(frozen=True)
    sku: Annotated[str, Field(min_length=1)]
    @field_validator("sku")
    @classmethod
    def upper(cls, value):
        return value.upper()
class Page(BaseModel, Generic[T]):
    items: list[T]
    @computed_field
    @property
    def count(self) -> int:
        return len(self.items)
class Tree(BaseModel):
    name: str
    children: list["Tree"] = []
    owner: Optional["Person"] = None
class Person(BaseModel):
    name: str
Tree.model_rebuild()
adapter = TypeAdapter(list[Item])
first = Item(sku="a")
def build_register():
    page = Page[Item](items=[{"sku": "tea"}])
    tree = Tree.model_validate({"name": "a", "children": [{"name": "b", "owner": {"name": "Ada"}}]})
    try:
        Item(sku="")
    except ValueError as error:
        refused = error.error_count()
    return page.model_dump(), tree.model_dump(), first.sku, refused, adapter.validate_python([{"sku": "q"}])
""",
    "annotations that are text": """
from __future__ import annotations
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel
class Customer(BaseModel):
    name: str
class Order(BaseModel):
    number: int
    customer: Customer | None = None
def build_register():
    app = FastAPI()
    @app.post("/orders")
    def create(order: Order) -> Order:
        return order
    return TestClient(app).post("/orders", json={"number": 3, "customer": {"name": "Ada"}}).json()
""",
    "a dependency that only an annotation names": """
from __future__ import annotations
from typing import Annotated
from fastapi import Depends, FastAPI, Header
from fastapi.testclient import TestClient
def who(x_user: Annotated[str, Header()] = "nobody") -> str:
    return x_user
User = Annotated[str, Depends(who)]
def build_register():
    app = FastAPI()
    @app.get("/")
    def index(user: User):
        return user
    return TestClient(app).get("/", headers={"x-user": "ada"}).json()
""",
    "closures, partials and lambdas": """
import functools
def make(step):
    total = 0
    def add(n):
        nonlocal total
        total += n * step
        return total
    return add
by_two = make(2)
add_three = functools.partial(lambda a, b: a + b, 3)
table = {"square": lambda n: n * n}
def build_register(at=make(5)):
    return add_three(4), table["square"](5), at(1) > 0, make(3)(2)
""",
    "decorated functions": """
import functools, contextlib
registered = {}
def register(name):
    def wrap(function):
        registered[name] = function
        @functools.wraps(function)
        def inner(*args, **kwargs):
            return "<" + function(*args, **kwargs) + ">"
        return inner
    return wrap
@register("hello")
def hello(name):
    return "hello " + name
@contextlib.contextmanager
def opened():
    yield "open"
@contextlib.asynccontextmanager
async def opened_later():
    yield "later"
async def build_register():
    with opened() as one:
        async with opened_later() as two:
            return hello("ada"), hello.__wrapped__("x"), sorted(registered), one, two
""",
    "a decorated build_register": """
import functools
def noted(function):
    @functools.wraps(function)
    def inner(*args):
        return "noted", function(*args)
    return inner
@noted
def build_register():
    return 5
""",
    "classes with super, properties, slots and metaclasses": """
import abc
class Named(type):
    def __new__(mcs, name, bases, space):
        space["label"] = name.lower()
        return super().__new__(mcs, name, bases, space)
class Base(metaclass=Named):
    made = 0
    def __init__(self):
        type(self).made += 1
    def price(self):
        return 10
class Half(Base):
    def price(self):
        return super().price() / 2
    @classmethod
    def default(cls):
        return cls()
    @staticmethod
    def unit():
        return "EUR"
class Mailer(abc.ABC):
    @abc.abstractmethod
    def send(self): ...
class Real(Mailer):
    __slots__ = ("to",)
    def __init__(self, to):
        self.to = to
    def send(self):
        return self.to
def build_register():
    half = Half.default()
    return half.price(), half.unit(), Half.label, Real("ada").send(), isinstance(Real("x"), Mailer)
""",
    "recursion, also between cells": """
def even(n):
    return True if n == 0 else odd(n - 1)
# %%
def odd(n):
    return False if n == 0 else even(n - 1)
# %%
class Node:
    def __init__(self, value, parent=None):
        self.value, self.parent, self.children = value, parent, []
        if parent:
            parent.children.append(self)
root = Node(1)
leaf = Node(2, root)
def build_register():
    return even(10), leaf.parent is root, root.children[0] is leaf
""",
    "generators": """
def numbers(n):
    yield from range(n)
async def later(n):
    for each in numbers(n):
        yield each
async def build_register():
    return list(numbers(3)), [each async for each in later(2)], sum(x * x for x in numbers(4))
""",
    "functions with a cache": """
import functools
calls = []
@functools.cache
def slow(n):
    calls.append(n)
    return n * n
@functools.lru_cache(maxsize=2)
def settings():
    return {"debug": True}
class Shop:
    @functools.cached_property
    def name(self):
        return "tea"
@functools.singledispatch
def show(x):
    return "thing"
@show.register
def _(x: int):
    return "number"
slow(2)
def build_register():
    return slow(3), slow(3), calls.count(3) <= 1, settings(), Shop().name, show(1), show("x")
""",
    "a counter that a function changes": """
orders = 0
seen = []
def count():
    global orders
    orders += 1
    seen.append(orders)
    return orders
def build_register():
    first = count()
    return count() - first, len(seen) >= 2, seen[-1] == orders
""",
    "a counter of itertools, from where it stands": """
import itertools
numbers = itertools.count(5, 2)
first = next(numbers)
def build_register():
    return first, next(numbers) in (7, 9)
""",
    "an app": """
from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.testclient import TestClient
app = FastAPI(title="shop")
outbox = []
@app.middleware("http")
async def tag(request: Request, call_next):
    response = await call_next(request)
    response.headers["x-shop"] = app.title
    return response
@app.exception_handler(KeyError)
async def missing(request: Request, error: KeyError):
    from fastapi.responses import JSONResponse
    return JSONResponse({"missing": str(error)}, status_code=404)
@app.post("/register", status_code=202)
async def register(tasks: BackgroundTasks):
    tasks.add_task(outbox.append, "welcome")
@app.get("/missing")
def fail():
    raise KeyError("x")
def build_register():
    outbox.clear()
    client = TestClient(app)
    reply = client.post("/register")
    return reply.status_code, reply.headers["x-shop"], outbox, client.get("/missing").json()
""",
    "an app with routers, dependencies, a lifespan and models": """
from contextlib import asynccontextmanager
from typing import Annotated
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel
class Item(BaseModel):
    sku: str
state = {}
@asynccontextmanager
async def lifespan(app):
    state["up"] = True
    yield
    state.clear()
def database():
    yield "db"
router = APIRouter(prefix="/items", tags=["items"])
@router.post("/", response_model=Item)
async def create(item: Item, db: Annotated[str, Depends(database)]):
    return item
app = FastAPI(lifespan=lifespan)
app.include_router(router)
def build_register():
    with TestClient(app) as client:
        created = client.post("/items/", json={"sku": "tea"}).json()
        return created, state, sorted(client.get("/openapi.json").json()["paths"])
""",
    "a test client": """
from fastapi import FastAPI
from fastapi.testclient import TestClient
app = FastAPI()
@app.get("/")
def index():
    return "here"
client = TestClient(app)
client.get("/")
def build_register():
    return client.get("/").json()
""",
    "templates": """
from jinja2 import DictLoader, Environment, Template
environment = Environment(loader=DictLoader({"hello": "Hello {{ name }}"}), autoescape=True)
environment.filters["shout"] = str.upper
template = Template("Dear {{ name }}")
def build_register():
    return environment.get_template("hello").render(name="<b>"), template.render(name="Ada")
""",
    "clients of httpx": """
import httpx
client = httpx.Client(base_url="http://shop", timeout=3, headers={"x-a": "b"})
later = httpx.AsyncClient(timeout=2)
mocked = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(418)))
async def build_register():
    seen = mocked.get("http://shop/").status_code
    return client.base_url, client.timeout, client.headers["x-a"], later.timeout, client.is_closed, seen
""",
    "an engine and sessions of SQLAlchemy": """
import tempfile, os
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker
path = os.path.join(tempfile.mkdtemp(), "shop.db")
engine = create_engine("sqlite:///" + path, connect_args={"check_same_thread": False}, pool_size=2)
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE orders (number INTEGER)"))
SessionLocal = sessionmaker(engine, expire_on_commit=False)
def build_register():
    with SessionLocal() as session, session.begin():
        session.execute(text("INSERT INTO orders VALUES (7)"))
    with Session(engine) as session:
        return session.scalars(text("SELECT number FROM orders")).first(), engine.pool.size()
""",
    "an engine of SQLAlchemy for a database in memory": """
from sqlalchemy import create_engine, text
from sqlalchemy.pool import StaticPool
engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
def build_register():
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS t (n INTEGER)"))
        connection.execute(text("DELETE FROM t"))
        connection.execute(text("INSERT INTO t VALUES (3)"))
    with engine.connect() as connection:
        return connection.execute(text("SELECT n FROM t")).all()
""",
    "retries of tenacity": """
import tenacity
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_none
tries = []
@retry(stop=stop_after_attempt(3), wait=wait_none(), retry=retry_if_exception_type(ConnectionError))
def send():
    tries.append(1)
    if len(tries) % 3:
        raise ConnectionError
    return "sent"
@retry(stop=stop_after_attempt(2), wait=wait_none(), reraise=True)
async def send_later():
    raise TimeoutError("late")
policy = tenacity.Retrying(stop=stop_after_attempt(2), wait=wait_none())
async def build_register():
    tries.clear()
    try:
        await send_later()
    except TimeoutError as error:
        late = str(error)
    return send(), len(tries), late, policy(lambda: 4)
""",
    "a TaskManager": """
from course.tasks import TaskManager
manager = TaskManager(inputs=["order"])
@manager.task(depends_on=["order"])
async def pick(order):
    return order + 1
@manager.task(depends_on=["pick"])
def pack(pick):
    return pick * 2
async def build_register():
    report = await manager.run(order=1)
    return report.results, str(report)
""",
    "exceptions of one's own": """
class Declined(Exception):
    def __init__(self, order, reason):
        super().__init__(order, reason)
        self.order = order
class Gone(ExceptionGroup):
    pass
last = Declined(3, "no")
def build_register():
    try:
        raise Declined(7, "no money")
    except Declined as error:
        return error.order, str(error), last.order
""",
    "types and patterns": """
import re, datetime, decimal, pathlib, uuid, fractions, zoneinfo, functools, operator, types, typing, weakref
pattern, day, price = re.compile("a+"), datetime.timedelta(days=1), decimal.Decimal("1.50")
folder, name, half = pathlib.Path("x"), uuid.UUID(int=7), fractions.Fraction(1, 2)
berlin = zoneinfo.ZoneInfo("UTC")
space, first = types.SimpleNamespace(a=1), operator.itemgetter(0)
T = typing.TypeVar("T")
Handler = typing.Callable[[int], str]
view = types.MappingProxyType({"a": 1})
def build_register():
    return pattern.match("aa")[0], day, price, folder, name, half, str(berlin), space, first("xy"), dict(view)
""",
    "collections": """
import collections, itertools, weakref, random
counts, later, last = collections.Counter("abca"), collections.defaultdict(list), collections.deque(maxlen=2)
numbers = itertools.count(5)
dice = random.Random(3)
class Thing: ...
kept = Thing()
known = weakref.WeakValueDictionary({"kept": kept})
def build_register():
    last.extend([1, 2, 3])
    later["a"].append(1)
    return counts["a"], later["a"][-1], last, next(numbers) >= 5, "kept" in known
""",
    "globals that it does not touch": """
import threading, socket, asyncio
def generate():
    yield 1
generator, thread, sock = generate(), threading.Thread(target=print), socket.socket()
connection = __import__("sqlite3").connect(":memory:")
def unrelated():
    return next(generator), connection
def build_register():
    return "fine"
""",
    "a module of its folder": """
import helper
from helper import Rate, discount
def build_register():
    return discount(10), helper.Rate(0.5).of(10), isinstance(Rate(1), helper.Rate), helper.PATH.name
""",
    "environment variables": """
import os
os.environ["SHOP_DATABASE"] = "sqlite:///shop.db"
def build_register():
    return os.environ["SHOP_DATABASE"], os.getenv("SHOP_DATABASE")
""",
    "a type checked import and a star import": """
from typing import TYPE_CHECKING
from math import *
if TYPE_CHECKING:
    from nowhere import Nothing
def build_register(x: "Nothing | None" = None):
    return floor(pi)
""",
    "the name of its module": """
import sys
def build_register():
    return __name__, build_register.__module__, build_register.__qualname__
""",
    "a metaclass with a registry": """
class Handler:
    known = {}
    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        Handler.known[cls.__name__] = cls
class Mail(Handler): ...
class Post(Handler): ...
def build_register():
    return sorted(Handler.known), Handler.known["Mail"] is Mail
""",
    "an object of a class that has been defined again": """
class Shop:
    def name(self):
        return "old"
shop = Shop()
# %%
class Shop:
    def name(self):
        return "new"
def build_register():
    return shop.name(), Shop().name(), isinstance(shop, Shop)
""",
    "printing to streams": """
import sys
out = sys.stdout
def build_register():
    print("one", file=out)
    print("two", file=sys.stderr)
    return out is sys.stdout
""",
    "a temporary folder and a file": """
import tempfile, pathlib
folder = tempfile.TemporaryDirectory()
path = pathlib.Path(folder.name, "a.txt")
path.write_text("here")
def build_register():
    return path.read_text(), pathlib.Path(folder.name).is_dir()
""",
    "opentelemetry": """
from opentelemetry import trace
tracer = trace.get_tracer("shop")
def build_register():
    with tracer.start_as_current_span("order") as span:
        return span.is_recording()
""",
    "a bench server's tools": """
from course.live import Gate, mark
door = Gate("the mail server")
door.open()
def build_register():
    mark("here")
    door.wait(5)
    return "through"
""",
}

STAY = {
    "a generator, `numbers`": """
def make():
    yield 1
numbers = make()
def build_register():
    return next(numbers)
""",
    "a connection, `db`": """
import sqlite3
db = sqlite3.connect(":memory:")
def build_register():
    return db.execute("SELECT 1")
""",
    "a connection in a default value, `query`": """
import sqlite3
def query(db=sqlite3.connect(":memory:")):
    return db.execute("SELECT 1")
def build_register():
    return query()
""",
    "a connection in an attribute, `shop`": """
import sqlite3
class Shop:
    def __init__(self):
        self.db = sqlite3.connect(":memory:")
shop = Shop()
def build_register():
    return shop.db
""",
    "a connection that a pool holds, `engine`": """
from sqlalchemy import create_engine
engine = create_engine("sqlite://")
engine.connect().close()
def build_register():
    return engine.connect()
""",
    "a running server, `server`": """
from course import serve
from fastapi import FastAPI
server = serve(FastAPI())
def build_register():
    return server.client
""",
    "a thread, `thread`": """
import threading
thread = threading.Thread(target=print)
def build_register():
    thread.start()
""",
    "a socket, `sock`": """
import socket
sock = socket.socket()
def build_register():
    return sock.fileno()
""",
    "an open file, `file`": """
import tempfile
file = open(tempfile.mkstemp()[1], "w")
def build_register():
    return file.write("x")
""",
    "an event loop, `loop`": """
import asyncio
loop = asyncio.new_event_loop()
def build_register():
    return loop.time()
""",
    "a coroutine, `later`": """
async def make(): ...
later = make()
def build_register():
    return later
""",
    "work that is going on, `future`": """
from concurrent.futures import Future
future = Future()
def build_register():
    return future.result()
""",
    "a child process, `process`": """
import subprocess, sys
process = subprocess.Popen([sys.executable, "-c", "pass"])
def build_register():
    return process.wait()
""",
    "a model that is made once, `Order`": """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase): ...
class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
def build_register():
    return Order(id=1)
""",
    "a class that cannot be made without its text, `build_register`": """
class Handler:
    def __init_subclass__(cls, *, key):
        cls.key = key
class Mail(Handler, key="mail"): ...
def build_register():
    return Mail.key
""",
}
