"""The orders app with one bug each. Reading this file before the exercise spoils it."""

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from typing import Any

from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.background import BackgroundTask

from course.lessons.testing_and_debugging.orders import Mailer, NewOrder
from course.lessons.testing_and_debugging.shop import Build


def build_other(mailer: Mailer, ledger: list[int]) -> FastAPI:
    """All right, and written in another way: one task in the response, and a refusal in other words."""
    app = FastAPI()
    count = 0

    @app.exception_handler(RequestValidationError)
    async def refused(_: Request, error: RequestValidationError) -> Response:  # noqa: ARG001
        return JSONResponse({"message": "an address has an @"}, status_code=422)

    def after(number: int, to: str) -> None:
        tries = 0
        while tries < 3:
            tries += 1
            try:
                mailer.send(to, number)
                break
            except ConnectionError:
                pass
        ledger.append(number)

    @app.post("/orders")
    async def place(new: NewOrder) -> Response:
        nonlocal count
        count += 1
        task = BackgroundTask(after, to=new.email, number=count)
        body = json.dumps({"id": count}, indent=2)
        return Response(body, status_code=202, media_type="application/json", background=task)

    return app


def build_third(mailer: Mailer, ledger: list[int]) -> FastAPI:
    """All right, in a third way: first the ledger, then the mail, with arguments by name and with pauses."""
    app = FastAPI()

    def mail(order: dict[str, Any]) -> None:
        for _ in range(3):
            try:
                mailer.send(**order)
                break
            except ConnectionError:
                time.sleep(0.001)

    async def after(order: dict[str, Any]) -> None:
        ledger.append(order["number"])
        await asyncio.to_thread(mail, order)

    numbers = iter(range(1, 1_000_000))

    @app.post("/orders", status_code=202)
    async def place(new: NewOrder, tasks: BackgroundTasks) -> dict[str, int]:
        order: dict[str, Any] = {"number": next(numbers), "to": new.email}
        tasks.add_task(after, order)
        return {"id": order["number"]}

    return app


def _faulty(fault: str) -> Build:
    def build(mailer: Mailer, ledger: list[int]) -> FastAPI:
        return _build(mailer, ledger, fault)

    return build


def _build(mailer: Mailer, ledger: list[int], fault: str) -> FastAPI:
    app = FastAPI()
    numbers = itertools.count(1)
    first: list[str] = []
    given_up: list[int] = []

    def confirm(number: int, to: str) -> None:
        for left in reversed(range(_TRIES.get(fault, 3))):
            try:
                mailer.send(to, number)
                break
            except ConnectionError:
                if not left:
                    given_up.append(number)
                if fault == "stops" and not left:
                    raise

    def note(number: int) -> None:
        if fault != "forgets" or number not in given_up:
            ledger.append(number - 1 if fault == "wrong-line" else number)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        email = error.body.get("email", "") if isinstance(error.body, dict) else ""
        reply = await request_validation_exception_handler(request, error)
        reply.background = BackgroundTask(confirm, 0, email)
        return reply

    if fault == "mails-refused":
        app.add_exception_handler(RequestValidationError, refused)

    def take(email: str, tasks: BackgroundTasks) -> dict[str, int]:
        number = next(numbers)
        first.append(email)
        to = first[0] if fault == "wrong-address" else email
        if fault == "inline":
            confirm(number, to)
        elif fault != "silent":
            tasks.add_task(confirm, 1 if fault == "wrong-number" else number, to)
        if fault == "twice":
            tasks.add_task(confirm, number, to)
        if fault != "no-ledger":
            tasks.add_task(note, number)
        return {"id": 1 if fault == "same-id" else number}

    def order(new: NewOrder, tasks: BackgroundTasks) -> dict[str, int]:
        return take(new.email, tasks)

    def any_order(new: _AnyOrder, tasks: BackgroundTasks) -> dict[str, int]:
        return take(new.email, tasks)

    status = 200 if fault == "wrong-status" else 202
    app.post("/orders", status_code=status)(any_order if fault == "accepts-all" else order)
    return app


class _AnyOrder(BaseModel):
    email: str


_TRIES = {"gives-up": 1, "gives-up-early": 2, "insists": 4}

FAULTS: dict[str, Callable[[Mailer, list[int]], FastAPI]] = {
    fault: _faulty(fault)
    for fault in (
        "silent",
        "wrong-status",
        "same-id",
        "twice",
        "wrong-address",
        "wrong-number",
        "accepts-all",
        "mails-refused",
        "gives-up",
        "gives-up-early",
        "insists",
        "stops",
        "no-ledger",
        "forgets",
        "wrong-line",
        "inline",
    )
}
"""Sixteen bugs, by name."""
