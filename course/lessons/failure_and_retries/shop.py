"""A bank and a parcel service that fail by plan: what the stretch exercise has to survive."""

import asyncio
import contextlib
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from course.lessons.failure_and_retries.faults import Faults
from course.live import Gate


class Declined(Exception):
    """The bank says no. Asking again does not change that."""


class Failures:
    """The orders whose last call has failed and could be made again.

    Args:
        unheard: those whose calls fail with this subclass of ConnectionError.
    """

    def __init__(self, unheard: Mapping[str, type[ConnectionError]]) -> None:
        self.orders: set[str] = set()
        self._unheard = unheard
        self._thread = threading.local()

    @property
    def here(self) -> bool:
        """Whether the last call in this thread has failed so."""
        return getattr(self._thread, "failed", False)

    @contextlib.contextmanager
    def of(self, order_id: str) -> Iterator[None]:
        """Around a call for this order."""
        self.orders.discard(order_id)
        self._thread.failed = False
        try:
            yield
        except ConnectionError as error:
            self.orders.add(order_id)
            self._thread.failed = True
            if order_id in self._unheard:
                raise self._unheard[order_id](*error.args) from None
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
        unheard: orders for which it fails with this subclass of ConnectionError.
        gate: held shut, it keeps every call waiting.
    """

    def __init__(
        self,
        faults: Mapping[str, Faults],
        declined: frozenset[str] = frozenset(),
        unheard: Mapping[str, type[ConnectionError]] = MappingProxyType({}),
        gate: Gate | None = None,
    ) -> None:
        self.calls: Counter[str] = Counter()
        self.charged: defaultdict[str, set[str]] = defaultdict(set)
        self.refused: Counter[str] = Counter()
        self.known_key: dict[str, str] = {}  # orders that came with the key of another one: which
        self.on_the_loop = False
        self.failures = Failures(unheard)
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
    """Sends parcels; each order meets its own faults.

    Args:
        faults: what the calls for an order meet.
        bank: knows which orders are paid.
        unheard: orders for which it fails with this subclass of ConnectionError.
        gate: held shut, it keeps every call waiting.
    """

    def __init__(
        self,
        faults: Mapping[str, Faults],
        bank: Bank,
        unheard: Mapping[str, type[ConnectionError]] = MappingProxyType({}),
        gate: Gate | None = None,
    ) -> None:
        self.sent: Counter[str] = Counter()
        self.succeeded: Counter[str] = Counter()
        self.on_the_loop = False
        self.calls: Counter[str] = Counter()
        self.failures = Failures(unheard)
        self.unpaid: list[str] = []
        self._faults = defaultdict(lambda: Faults([]), faults)
        self._bank = bank
        self._gate = gate
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
        if self._gate is not None:
            self._gate.wait(60)
        with self.failures.of(order_id):
            fault = self._faults[order_id].meet()
            with self._lock:
                self.sent[order_id] += 1
            Faults.answer(fault)
            self.succeeded[order_id] += 1
