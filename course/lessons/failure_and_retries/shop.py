"""A bank and a parcel service that fail by plan: what the stretch exercise has to survive."""

import asyncio
import contextlib
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from course.lessons.failure_and_retries.faults import Faults
from course.live import Gate


class Declined(Exception):
    """The bank says no. Asking again does not change that."""


class Failures:
    """The orders whose last call has failed and could be made again."""

    def __init__(self) -> None:
        self.orders: set[str] = set()

    @contextlib.contextmanager
    def of(self, order_id: str) -> Iterator[None]:
        """Around a call for this order."""
        self.orders.discard(order_id)
        try:
            yield
        except ConnectionError:
            self.orders.add(order_id)
            raise


def _is_on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class Bank:
    """Charges once per key; each order meets its own faults.

    Args:
        faults: what the calls for an order meet.
        declined: orders that are refused.
        gate: held shut, it keeps every call waiting.
    """

    def __init__(
        self, faults: Mapping[str, Faults], declined: frozenset[str] = frozenset(), gate: Gate | None = None
    ) -> None:
        self.calls: Counter[str] = Counter()
        self.charged: defaultdict[str, set[str]] = defaultdict(set)
        self.refused: Counter[str] = Counter()
        self.known_key: dict[str, str] = {}  # orders that came with the key of another one: which
        self.on_the_loop = False
        self.failures = Failures()
        self._keys: dict[str, str] = {}
        self._faults = defaultdict(lambda: Faults([]), faults)
        self._declined = declined
        self._gate = gate
        self._lock = threading.Lock()

    def charge(self, key: str, order_id: str) -> None:
        """Charge an order, unless that was done before with the same `key`.

        Raises:
            ConnectionError: the bank is down, or its answer got lost.
            Declined: it says no.
        """
        self.on_the_loop |= _is_on_a_loop()
        with self._lock:
            self.calls[order_id] += 1
        if self._gate is not None:
            self._gate.wait(60)
        with self.failures.of(order_id):
            fault = self._faults[order_id].meet()
            if order_id in self._declined:
                self.refused[order_id] += 1
                raise Declined(order_id)
            with self._lock:
                first = self._keys.setdefault(key, order_id)
                if first == order_id:
                    self.charged[order_id].add(key)
                else:
                    self.known_key[order_id] = first
            Faults.answer(fault)


class Post:
    """Sends parcels; each order meets its own faults."""

    def __init__(self, faults: Mapping[str, Faults], bank: Bank) -> None:
        self.sent: Counter[str] = Counter()
        self.succeeded: Counter[str] = Counter()
        self.on_the_loop = False
        self.calls: Counter[str] = Counter()
        self.failures = Failures()
        self.unpaid: list[str] = []
        self._faults = defaultdict(lambda: Faults([]), faults)
        self._bank = bank
        self._lock = threading.Lock()

    def send(self, order_id: str) -> None:
        """Send the parcel of an order.

        Raises:
            ConnectionError: the post is down, or its answer got lost.
        """
        self.on_the_loop |= _is_on_a_loop()
        with self._lock:
            self.calls[order_id] += 1
        if not self._bank.charged[order_id]:
            self.unpaid.append(order_id)
        with self.failures.of(order_id):
            fault = self._faults[order_id].meet()
            with self._lock:
                self.sent[order_id] += 1
            Faults.answer(fault)
            self.succeeded[order_id] += 1
