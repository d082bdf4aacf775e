"""A shop whose letters go through an outbox; a relay in the lifespan sends them."""

import contextlib
import os
import smtplib
from collections.abc import AsyncIterator
from email.message import EmailMessage
from urllib.parse import quote

from fastapi import FastAPI
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from course.lessons.beyond_one_process.outbox import Outbox, Row, relaying
from course.live.gate import FileGate

outbox = Outbox(os.environ["DATABASE"], lease=float(os.environ["LEASE"]))
gate = FileGate(os.environ["GATE"])
STEP = 10  # seconds that each wait for the server may take: a letter has at least eight


def post(row: Row) -> None:
    """Hand the letter to the mail server. Its id is made of the order's: the same at each attempt."""
    letter = EmailMessage()
    letter["To"], letter["From"] = row.email, "shop@example.org"
    in_one_line = "".join(each if each.isprintable() else quote(each) for each in row.id)
    letter["Subject"] = f"Order {in_one_line}"
    letter["Message-ID"] = f"<{quote(row.id, safe='')}@shop.example.org>"
    port = int(os.environ["SMTP_PORT"])
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost", timeout=STEP) as mail:
        mail.send_message(letter)


async def send(row: Row) -> None:
    """Post the letter, then wait for the gate: in between, the row is still 'running'."""
    await run_in_threadpool(post, row)
    print(f"{row.id}: posted, attempt {row.attempts}")
    await gate.wait_async()


@contextlib.asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Relay as long as the app runs."""
    async with relaying(outbox, send, grace=9 * STEP):  # longer than most letters
        yield


app = FastAPI(lifespan=lifespan)


class Order(BaseModel):
    """What a client sends."""

    id: str = Field(min_length=1)
    email: str


@app.post("/orders", status_code=202)
def order(order: Order) -> None:
    """Accept: the order and its letter are on disk before the answer."""
    outbox.place(order.id, order.email)
