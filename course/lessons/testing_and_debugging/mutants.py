"""The orders app with one bug each. Reading this file before the exercise spoils it."""

import itertools
from collections.abc import Callable

from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.background import BackgroundTask

from course.lessons.testing_and_debugging.orders import Mailer, NewOrder
from course.lessons.testing_and_debugging.shop import Build


def build_other(mailer: Mailer, ledger: list[int]) -> FastAPI:
    """All right, and written in another way: one task, in the response itself."""
    app = FastAPI()
    count = 0

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
    async def order(new: NewOrder) -> Response:
        nonlocal count
        count += 1
        task = BackgroundTask(after, to=new.email, number=count)
        return JSONResponse({"id": count}, status_code=202, background=task)

    return app


def _faulty(fault: str) -> Build:
    def build(mailer: Mailer, ledger: list[int]) -> FastAPI:
        return _build(mailer, ledger, fault)

    return build


def _build(mailer: Mailer, ledger: list[int], fault: str) -> FastAPI:
    app = FastAPI()
    numbers = itertools.count(1)
    first: list[str] = []

    def confirm(number: int, to: str) -> None:
        for left in reversed(range(1 if fault == "gives-up" else 3)):
            try:
                mailer.send(to, number)
                break
            except ConnectionError:
                if fault == "stops" and not left:
                    raise

    @app.exception_handler(RequestValidationError)
    async def refused(_: Request, error: RequestValidationError) -> Response:
        email = error.body.get("email", "") if isinstance(error.body, dict) else ""
        mail = BackgroundTask(confirm, 0, email) if fault == "mails-refused" else None
        return JSONResponse({"detail": "no address"}, status_code=422, background=mail)

    @app.post("/orders", status_code=200 if fault == "wrong-status" else 202)
    def order(new: NewOrder, tasks: BackgroundTasks) -> dict[str, int]:
        number = next(numbers)
        first.append(new.email)
        to = first[0] if fault == "wrong-address" else new.email
        if fault == "inline":
            confirm(number, to)
        elif fault != "silent":
            tasks.add_task(confirm, 1 if fault == "wrong-number" else number, to)
        if fault == "twice":
            tasks.add_task(confirm, number, to)
        if fault != "no-ledger":
            tasks.add_task(ledger.append, number)
        return {"id": number}

    return app


FAULTS: dict[str, Callable[[Mailer, list[int]], FastAPI]] = {
    fault: _faulty(fault)
    for fault in (
        "silent",
        "wrong-status",
        "twice",
        "wrong-address",
        "wrong-number",
        "mails-refused",
        "gives-up",
        "stops",
        "no-ledger",
        "inline",
    )
}
"""Ten bugs, by name."""
