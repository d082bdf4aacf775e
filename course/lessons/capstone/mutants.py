"""A shop that works, and the same with one bug each: what the learner's tests have to tell apart."""

import sqlite3
import uuid
from collections.abc import Callable
from typing import Any

from fastapi import BackgroundTasks, FastAPI, HTTPException
from pydantic import BaseModel

from course.lessons.capstone.services import Declined, OutOfStock, Services


class Order(BaseModel):
    """The body of POST /orders."""

    item: str
    cents: int
    email: str


BUGS = {
    "never-captures": "the money is never taken",
    "captures-refused": "money is taken although the bank declined",
    "mails-refused": "a refused order is confirmed by mail",
    "no-mail": "the confirmation is never sent",
    "wrong-address": "the confirmation goes to the shop itself",
    "keeps-stock": "a declined order keeps its reservation",
    "statistics-matter": "an order fails because the statistics do",
    "always-closed": "every order is reported as closed",
    "stays-accepted": "no order is ever closed",
    "one-order": "the second order is not processed",
    "forgets-unknown": "an unknown order is answered 200",
}
"""The planted bugs: id, and what is wrong."""


def build_with(bug: str = "") -> Callable[[Services], FastAPI]:
    """A `build_shop` with this bug; without a name, one that works."""

    def build_shop(services: Services) -> FastAPI:
        return _build(services, bug)

    return build_shop


def _build(services: Services, bug: str) -> FastAPI:
    app = FastAPI()
    seen: list[str] = []

    def save(order_id: str, status: str) -> None:
        connection = sqlite3.connect(services.database)
        with connection:
            connection.execute("INSERT OR REPLACE INTO orders VALUES (?, ?)", (order_id, status))
        connection.close()

    def process(order_id: str, order: Order) -> None:
        seen.append(order_id)
        if bug == "one-order" and len(seen) > 1:
            return
        save(order_id, "stays" if bug == "stays-accepted" else _process(services, bug, order_id, order))

    @app.post("/orders", status_code=202)
    def accept(order: Order, tasks: BackgroundTasks) -> dict[str, str]:
        order_id = uuid.uuid4().hex
        save(order_id, "accepted")
        tasks.add_task(process, order_id, order)
        return {"id": order_id}

    @app.get("/orders/{order_id}")
    def status(order_id: str) -> dict[str, Any]:
        connection = sqlite3.connect(services.database)
        row = connection.execute("SELECT status FROM orders WHERE id = ?", (order_id,)).fetchone()
        connection.close()
        if row is None and bug != "forgets-unknown":
            raise HTTPException(404)
        return {"id": order_id, "status": row[0] if row else "closed"}

    return app


def _process(services: Services, bug: str, order_id: str, order: Order) -> str:
    try:
        services.reserve(order_id, order.item)
        services.authorise(order_id, order.cents)
    except OutOfStock:
        return "closed" if bug == "always-closed" else "refused"
    except Declined:
        if bug != "keeps-stock":
            services.release(order_id)
        if bug == "captures-refused":
            services.capture(order_id, order_id)
        if bug == "mails-refused":
            services.mail(order_id, order.email)
        return "closed" if bug == "always-closed" else "refused"
    try:
        _deliver(services, bug, order_id, order)
    except ConnectionError:
        return "closed" if bug == "always-closed" else "failed"
    return "closed"


def _deliver(services: Services, bug: str, order_id: str, order: Order) -> None:
    if bug != "never-captures":
        services.capture(order_id, order_id)
    services.invoice(order_id)
    if bug != "no-mail":
        services.mail(order_id, "shop@example.com" if bug == "wrong-address" else order.email)
    try:
        services.count(order_id)
    except ConnectionError:
        if bug == "statistics-matter":
            raise
