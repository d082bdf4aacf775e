"""The app under test: orders that leave a mail and a line in the ledger."""

import itertools
import logging
from typing import Annotated, Protocol

from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel, Field

log = logging.getLogger("shop")


class Mailer(Protocol):
    """Whatever sends mail."""

    def send(self, to: str, number: int) -> None:
        """Confirm the order of this number; ConnectionError when the provider is down."""


class NewOrder(BaseModel):
    """What the client sends."""

    email: Annotated[str, Field(pattern="@")]


def build_orders(mailer: Mailer, ledger: list[int]) -> FastAPI:
    """POST /orders answers 202 and the number; then the mail, tried three times; then the ledger."""
    app = FastAPI()
    numbers = itertools.count(1)

    def confirm(number: int, to: str) -> None:
        for _ in range(3):
            try:
                mailer.send(to, number)
                break
            except ConnectionError:
                continue
        else:
            log.error("order %s is not confirmed", number)

    @app.post("/orders", status_code=202)
    def order(new: NewOrder, tasks: BackgroundTasks) -> dict[str, int]:
        number = next(numbers)
        tasks.add_task(confirm, number, new.email)
        tasks.add_task(ledger.append, number)
        return {"id": number}

    return app
