"""A shop that works, and the same with one bug each: what the learner's tests have to tell apart."""

import asyncio
import contextlib
import sqlite3
import threading
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import BackgroundTasks, FastAPI, HTTPException, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from course.lessons.capstone.services import Declined, OutOfStock, Services
from course.practice.clocks import clocks_ahead
from course.words import say

_T = TypeVar("_T")
_PLACES = 40  # calls of services at a time
_BUSY = 60.0  # seconds that whoever finds the database locked waits


class Order(BaseModel):
    """The body of POST /orders."""

    item: str
    cents: int
    email: str


def bugs() -> dict[str, str]:
    """The planted bugs: id, and what is wrong."""
    return {
        "never-captures": say("the money is never taken"),
        "captures-refused": say("money is taken although the bank declined"),
        "mails-refused": say("a refused order is confirmed by mail"),
        "no-mail": say("the confirmation is never sent"),
        "wrong-address": say("the confirmation goes to the shop itself"),
        "keeps-stock": say("a declined order keeps its reservation"),
        "statistics-matter": say("an order fails because the statistics do"),
        "always-closed": say("every order is reported as closed"),
        "stays-accepted": say("no order is ever closed"),
        "one-order": say("the second order is not processed"),
        "forgets-unknown": say("an unknown order is answered 200"),
        "three-attempts": say("an order fails because a service did three times in a row"),
        "release-ignored": say("a declined order whose release fails for good is reported as refused"),
        "forgets-restart": say("after a restart of the server nobody knows the orders of before"),
    }


def harder_bugs() -> dict[str, str]:
    """Bugs of sentences that many tests forget: id, and what is wrong."""
    return {
        "captures-sold-out": say("money is taken although the item is sold out"),
        "asks-again": say("a bank that said no is asked again"),
        "gives-back": say("an order that fails, although nobody refused it, gives its reservation back"),
        "one-key": say("all orders take their money under the same key"),
        "key-of-a-call": say("each call takes the money under a key of its own"),
        "failure-spreads": say("without an invoice there is no confirmation either"),
        "escapes": say("an exception leaves the task of an order that fails"),
    }


def freedoms() -> dict[str, str]:
    """What the specification leaves to a shop: id, and what the shop does with it."""
    return {
        "random-key": say("it takes the money under a random key, which it makes once for each order"),
        "more-attempts": say("it calls a service that is down five times"),
        "more-tables": say("it keeps a table of its own in the database"),
        "stops-early": say("it does not ask the bank when the stock has said no"),
        "side-by-side": say("it does steps that do not need each other at the same time"),
        "numbers": say("it numbers its orders, from 1 in each database"),
        "fails-sooner": say(
            "an order is `failed` when one of bank and stock says no and the other one is down"
        ),
        "puts-back": say("it calls `release` when the bank has said no and the stock is down"),
        "location": say("its answer to POST has a `Location` header"),
        "other-404": say("its 404 has no `detail`, but words under another name"),
        "pauses": say("it waits a second before it calls a service again that was down"),
    }


_APART = frozenset({"stops-early"}), frozenset({"fails-sooner", "random-key"})
"""What each of two shops leaves out. None takes the first of both; keys that are numbered come again."""


@dataclass(frozen=True)
class _Plan:
    """How a shop is made: its bug, if any, and the order in which it does what may be done in any order."""

    bug: str = ""
    first: tuple[str, ...] = ("reserve", "authorise")
    last: tuple[str, ...] = ("invoice", "mail", "count")
    mark: str = ""
    """What an order's id and the key of its payment begin with."""
    unknown: str | None = None
    """What is said of an unknown order."""
    free: frozenset[str] = frozenset()
    """Which of the `freedoms` it takes."""


def build_with(bug: str = "") -> Callable[[Services], FastAPI]:
    """A `build_shop` with this bug; without a name, one that works."""
    return _builder(_Plan(bug))


def build_other() -> Callable[[Services], FastAPI]:
    """Another one that works: whatever may be done in any order, or be of any form, is otherwise."""
    return _builder(
        _Plan("", ("authorise", "reserve"), ("count", "mail", "invoice"), "No.", "never heard of")
    )


def others() -> dict[str, tuple[str, Callable[[Services], FastAPI]]]:
    """What `build_other` has in it, each alone: id, what it is in words, and a shop that has only this."""
    return {
        "order": (
            say("it does in another order what may be done in any order"),
            _builder(_Plan("", ("authorise", "reserve"), ("count", "mail", "invoice"))),
        ),
        "mark": (
            say("its ids, and the keys of its payments, have a form of their own"),
            _builder(_Plan(mark="No.")),
        ),
        "unknown": (
            say("it has words of its own for an unknown order"),
            _builder(_Plan(unknown="never heard of")),
        ),
    }


def build_free(*free: str) -> Callable[[Services], FastAPI]:
    """One that works and takes these of the `freedoms`."""
    return _builder(_Plan(last=("mail", "count", "invoice"), free=frozenset(free)))


def most_free() -> tuple[frozenset[str], ...]:
    """Sets of freedoms that go together, as large as can be."""
    return tuple(frozenset(freedoms()) - others for others in _APART)


def _builder(plan: _Plan) -> Callable[[Services], FastAPI]:
    def build_shop(services: Services) -> FastAPI:
        return _build(services, plan)

    return build_shop


def _build(services: Services, plan: _Plan) -> FastAPI:
    app = FastAPI()
    threads = _Threads(_PLACES)
    bug = plan.bug
    seen: list[str] = []

    memory: dict[str, str] = {}

    def save(order_id: str, status: str) -> None:
        if bug == "forgets-restart":
            memory[order_id] = status
            return
        connection = sqlite3.connect(services.database, timeout=_BUSY)
        with connection:
            connection.execute("INSERT OR REPLACE INTO orders VALUES (?, ?)", (order_id, status))
            if "more-tables" in plan.free:
                connection.execute("CREATE TABLE IF NOT EXISTS history (order_id TEXT, status TEXT)")
                connection.execute("INSERT INTO history VALUES (?, ?)", (order_id, status))
        connection.close()

    async def process(order_id: str, order: Order) -> None:
        seen.append(order_id)
        if bug == "one-order" and len(seen) > 1:
            return
        status = await _process(services, threads, plan, order_id, order)
        await threads.call(lambda: save(order_id, "stays" if bug == "stays-accepted" else status))
        if bug == "escapes" and status == "failed":
            raise ConnectionError("a service is down")

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks, response: Response) -> dict[str, str]:
        order_id = _next_number(services) if "numbers" in plan.free else f"{plan.mark}{uuid.uuid4().hex}"
        save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        if "location" in plan.free:
            response.headers["Location"] = f"/orders/{order_id}"
        return {"id": order_id}

    @app.get("/orders/{order_id}", response_model=None)
    def status(order_id: str) -> dict[str, Any] | JSONResponse:
        connection = sqlite3.connect(services.database, timeout=_BUSY)
        row = connection.execute("SELECT status FROM orders WHERE id = ?", (order_id,)).fetchone()
        connection.close()
        row = row or ((memory[order_id],) if order_id in memory else None)
        if row is None and "other-404" in plan.free:
            return JSONResponse({"error": "no such order"}, 404)
        if row is None and bug != "forgets-unknown":
            raise HTTPException(404, plan.unknown)
        return {"status": row[0] if row else "closed"}

    return app


_Ends = dict[str, Exception | None]
"""What each step finally failed with, if it did."""


async def _process(services: Services, threads: "_Threads", plan: _Plan, order_id: str, order: Order) -> str:
    bug = plan.bug
    key = uuid.uuid4().hex if "random-key" in plan.free else f"{plan.mark}{order_id}"
    arguments: dict[str, tuple[object, ...]] = {
        "reserve": (order.item,),
        "authorise": (order.cents,),
        "capture": ("shop" if bug == "one-key" else key,),
        "mail": ("shop@example.com" if bug == "wrong-address" else order.email,),
    }

    attempts = 3 if bug == "three-attempts" else 5 if "more-attempts" in plan.free else 4
    pause = _PAUSE if "pauses" in plan.free else 0

    async def one(step: str) -> Exception | None:
        call = _call(services, step, order_id, arguments)
        if step == "capture" and bug == "key-of-a-call":
            call = lambda: services.capture(order_id, uuid.uuid4().hex)  # noqa: E731
        return await threads.call(lambda: _try(call, attempts, pause))

    async def do(*steps: str) -> _Ends:
        """Try steps, each four times if need be."""
        if "side-by-side" not in plan.free:
            return {step: await one(step) for step in steps}
        return dict(zip(steps, await asyncio.gather(*map(one, steps)), strict=True))

    begun = await _begin(do, plan)
    stock, bank = begun["reserve"], begun.get("authorise")
    if isinstance(stock, OutOfStock) or isinstance(bank, Declined):
        back = stock is None or ("puts-back" in plan.free and isinstance(stock, ConnectionError))
        release = (await do("release"))["release"] if back and bug != "keeps-stock" else None
        if bug == ("captures-refused" if isinstance(bank, Declined) else "captures-sold-out"):
            await do("capture")
        if bug == "mails-refused" and isinstance(bank, Declined):
            await do("mail")
        if bug == "asks-again" and isinstance(bank, Declined):
            await do("authorise")
        broken = release and bug != "release-ignored"
        down = isinstance(bank, ConnectionError) or isinstance(stock, ConnectionError)
        broken = broken or ("fails-sooner" in plan.free and down)
        status = "failed" if broken else "refused"
    elif stock or bank or (bug != "never-captures" and (await do("capture"))["capture"]):
        if bug == "gives-back" and not stock:
            await do("release")
        status = "failed"
    else:
        if bug == "failure-spreads" and (await do("invoice"))["invoice"]:
            return "failed"
        left_out = {"no-mail": "mail", "failure-spreads": "invoice"}.get(bug)
        ends = {"invoice": None, **await do(*(step for step in plan.last if step != left_out))}
        broken = ends["invoice"] or ends.get("mail") or (ends["count"] and bug == "statistics-matter")
        status = "failed" if broken else "closed"
    return "closed" if bug == "always-closed" else status


async def _begin(do: Callable[..., Awaitable[_Ends]], plan: _Plan) -> _Ends:
    """What came of reserve and authorise; one of them may not have been called after a refusal."""
    if "stops-early" in plan.free:
        begun = await do("reserve")
        return begun if isinstance(begun["reserve"], OutOfStock) else begun | await do("authorise")
    return await do(*plan.first)


def _next_number(services: Services) -> str:
    """Store an order under the next number, which no other can get meanwhile."""
    connection = sqlite3.connect(services.database, timeout=_BUSY, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    (count,) = connection.execute("SELECT count(*) FROM orders").fetchone()
    connection.execute("INSERT INTO orders VALUES (?, ?)", (id := f"order-{count + 1}", "accepted"))
    connection.execute("COMMIT")
    connection.close()
    return id


def _call(
    services: Services, step: str, order_id: str, arguments: Mapping[str, tuple[object, ...]]
) -> Callable[[], None]:
    return lambda: getattr(services, step)(order_id, *arguments.get(step, ()))


def _try(step: Callable[[], None], attempts: int, pause: float) -> Exception | None:
    problem: Exception | None = None
    for number in range(attempts):
        if number and pause:
            _skipped.append(pause)
        try:
            step()
        except ConnectionError as error:
            problem = error
        except (Declined, OutOfStock) as refusal:
            return refusal
        else:
            return None
    return problem


class _Threads:
    """Threads for the calls of all orders: so many at the most, and none that has nothing to do.

    They are not those that serve `def` endpoints, so no request waits for an order, and not those of an event
    loop, of which each request of a `TestClient` has another one.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._jobs: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()

    async def call(self, function: Callable[[], _T]) -> _T:
        """What the function returns or raises, in one of the threads, as soon as one is free."""
        future: Future[_T] = Future()
        context = copy_context()

        def job() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(context.run(function))
            except BaseException as error:
                future.set_exception(error)

        with self._lock:
            self._jobs.append(job)
            more = self._count < self._most
            self._count += more
        if more:
            threading.Thread(target=self._work, daemon=True).start()
        return await asyncio.wrap_future(future)

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._jobs:
                    self._count -= 1
                    return
                job = self._jobs.popleft()
            job()


_PAUSE = 1.0
_skipped: list[float] = []
"""The pauses of the shops, in seconds: they are over at once, and only the clocks show them."""


@contextlib.contextmanager
def clocks_with_pauses(names: dict[str, Any]) -> Iterator[None]:
    """The clocks, also where they are among `names`, go on by what a shop has paused."""
    _skipped.clear()
    with clocks_ahead(lambda: sum(_skipped), [names]):
        yield
