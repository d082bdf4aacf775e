"""What the shop works with: stock, payments, invoices, mail, statistics. Each may fail by plan."""

import shutil
import smtplib
import sqlite3
import tempfile
import threading
import time
import weakref
from collections import Counter, defaultdict
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

from course.lessons.failure_and_retries.faults import Faults
from course.live import Gate, Inbox, mark

_HELD_SECONDS = 60.0
"""So long a call waits at a gate that nobody opens."""

STEPS = ("reserve", "authorise", "capture", "invoice", "mail", "count")


class Declined(Exception):
    """The bank does not authorise the payment. Asking again does not change that."""


class OutOfStock(Exception):
    """There is none left. Asking again does not change that."""


class Services:
    """Everything outside the shop. All functions are plain `def` and may take a while.

    Each call is noted: `log` has (step, order id), `mails` has (order id, address), `keys` the keys that
    money was taken under, by order.

    `database` is the path of an SQLite file with an empty table
    ``orders (id TEXT PRIMARY KEY, status TEXT)``.

    Args:
        inbox: where mail goes; without one it is only noted.
        faults: for a step, or for "step order_id", what its calls meet.
        gates: for a step, a gate that its calls wait at.
        seconds: what each call takes.
    """

    def __init__(
        self,
        inbox: Inbox | None = None,
        faults: Mapping[str, Faults] | None = None,
        gates: Mapping[str, Gate] | None = None,
        seconds: float = 0.0,
    ) -> None:
        folder = tempfile.mkdtemp(prefix="shop-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.database = Path(folder) / "shop.sqlite"
        connection = sqlite3.connect(self.database)
        with connection:
            connection.execute("CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT)")
        connection.close()
        self.log: list[tuple[str, str]] = []
        self.keys: defaultdict[str, set[str]] = defaultdict(set)
        self.mails: list[tuple[str, str]] = []
        self.done: Counter[tuple[str, str]] = Counter()
        self._paid: dict[str, str] = {}  # by key: for which order; the bank takes money once for each key
        self._inbox = inbox
        self._faults = dict(faults or {})
        self._gates = dict(gates or {})
        self._seconds = seconds
        self._lock = threading.Lock()

    def reserve(self, order_id: str, item: str) -> None:
        """Put the item aside. Raises OutOfStock for "gold"."""
        self._call("reserve", order_id, OutOfStock(item) if item == "gold" else None)

    def release(self, order_id: str) -> None:
        """Put it back."""
        self._call("release", order_id)

    def authorise(self, order_id: str, cents: int) -> None:
        """Ask the bank. Raises Declined above 10 000 cents."""
        self._call("authorise", order_id, Declined(order_id) if cents > 10_000 else None)

    def capture(self, order_id: str, key: str) -> None:
        """Take the money, once for each key."""
        self._call("capture", order_id, key=key)

    def invoice(self, order_id: str) -> None:
        """Write the invoice."""
        self._call("invoice", order_id)

    def mail(self, order_id: str, to: str) -> None:
        """Send the confirmation."""
        self._call("mail", order_id, to=to)

    def count(self, order_id: str) -> None:
        """Tell the statistics. Nice to have."""
        self._call("count", order_id)

    def did(self, step: str, order_id: str) -> bool:
        """Whether the step was done for this order, as the service knows."""
        return self.done[step, order_id] > 0

    def calls(self, order_id: str) -> list[str]:
        """The steps that were called for an order, in order of their calls."""
        with self._lock:
            return [step for step, order in self.log if order == order_id]

    def _call(
        self, step: str, order_id: str, refusal: Exception | None = None, key: str | None = None, to: str = ""
    ) -> None:
        with self._lock:
            self.log.append((step, order_id))
        mark(step)
        if gate := self._gates.get(step):
            gate.wait(timeout=_HELD_SECONDS)
        if self._seconds:
            time.sleep(self._seconds)
        faults = self._faults.get(f"{step} {order_id}") or self._faults.get(step) or Faults([])
        fault = faults.meet()
        if refusal is not None:
            raise refusal
        if to and self._inbox is not None:
            self._send(order_id, to)
        with self._lock:
            if key is not None:
                self.keys[order_id].add(key)
            if key is None or self._paid.setdefault(key, order_id) == order_id:
                self.done[step, order_id] += 1
            if to:
                self.mails.append((order_id, to))
        Faults.answer(fault)

    def _send(self, order_id: str, to: str) -> None:
        assert self._inbox is not None
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "shop@example.com", to, f"Order {order_id}"
        mail.set_content("Thank you.")
        host, port = self._inbox.host, self._inbox.port
        with smtplib.SMTP(host, port, local_hostname="localhost", timeout=10) as smtp:
            smtp.send_message(mail)
