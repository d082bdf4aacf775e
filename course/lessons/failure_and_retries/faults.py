"""A service that fails by plan: the same seed, the same faults."""

import asyncio
import random
import threading
import time
from collections.abc import Sequence
from enum import StrEnum


class Fault(StrEnum):
    """What a call may meet."""

    OK = "ok"
    DOWN = "down"  # refused: nothing happened
    LOST = "lost"  # done, but the answer got lost on the way
    RESET = "reset"  # the same, as a broken connection is reported: ConnectionResetError
    SLOW = "slow"  # done, and it takes a while
    WRONG = "wrong"  # an answer that is none
    HANG = "hang"  # no answer, for ever


class WrongAnswer(ValueError):
    """The service answered with something that cannot be right. Asking again does not help."""


class Faults:
    """What a service does at its first call, its second, and so on; afterwards it is fine.

    Args:
        plan: a fault for each call.
        slow: seconds that a slow call takes.
    """

    def __init__(self, plan: Sequence[Fault | str], slow: float = 0.05) -> None:
        self.plan = [Fault(fault) for fault in plan]
        self.calls = 0
        self._slow = slow
        self._lock = threading.Lock()

    @classmethod
    def first(cls, n: int, fault: Fault | str = Fault.DOWN) -> "Faults":
        """The first `n` calls fail."""
        return cls([fault] * n)

    @classmethod
    def every(cls, k: int, fault: Fault | str = Fault.DOWN, calls: int = 100) -> "Faults":
        """Every k-th of `calls` calls fails."""
        return cls([fault if number % k == 0 else Fault.OK for number in range(1, calls + 1)])

    @classmethod
    def seeded(cls, seed: int, most: int = 3) -> "Faults":
        """Up to `most` faults that pass (down, lost, slow), drawn with this seed."""
        draw = random.Random(seed)
        return cls(draw.choices([Fault.DOWN, Fault.LOST, Fault.SLOW], k=draw.randint(1, most)))

    def meet(self) -> Fault:
        """Meet the next fault before the work is done: ConnectionError if `down`, a pause if slow.

        Returns the fault; see `answer`.
        """
        with self._lock:
            fault = self.plan[self.calls] if self.calls < len(self.plan) else Fault.OK
            self.calls += 1
        if fault is Fault.DOWN:
            raise ConnectionError("the service is down")
        if fault is Fault.SLOW:
            time.sleep(self._slow)
        return fault

    async def meet_async(self) -> Fault:
        """The same on the event loop; here a call may also hang until it is cancelled."""
        if self.calls < len(self.plan) and self.plan[self.calls] is Fault.HANG:
            self.calls += 1
            await asyncio.Event().wait()
        fault = self.meet()
        await asyncio.sleep(0)
        return fault

    @staticmethod
    def answer(fault: Fault) -> None:
        """Meet what can go wrong after the work is done: the answer is lost, or nonsense."""
        if fault is Fault.LOST:
            raise ConnectionError("the connection was lost before the answer came")
        if fault is Fault.RESET:
            raise ConnectionResetError("the connection was reset before the answer came")
        if fault is Fault.WRONG:
            raise WrongAnswer("the service answered in riddles")

    def __repr__(self) -> str:
        return f"Faults({', '.join(self.plan)})"
