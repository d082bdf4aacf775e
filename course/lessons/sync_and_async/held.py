"""Computing that a check can watch from outside, whatever process it happens in."""

import os
import time
from pathlib import Path

from course.lessons.sync_and_async.primes import count_primes


class Held:
    """count_primes for a check: it notes in a folder which process it runs in, and waits there for `go`.

    Worker processes receive a copy; what they share is the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.__name__ = self.__qualname__ = "compute"

    def __call__(self, n: int) -> int:
        """Count the primes below n."""
        (self._folder / f"process-{os.getpid()}").touch()
        deadline = time.monotonic() + 6
        while not (self._folder / "go").exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        primes = count_primes(n)
        if self._folder.exists():
            (self._folder / f"counted-{n}").touch()
        return primes

    def has_counted(self, n: int) -> bool:
        """Whether the primes below n have been counted, in whatever process."""
        return (self._folder / f"counted-{n}").exists()

    def processes(self) -> set[int]:
        """The ids of the processes that it has run in."""
        return {int(path.name.removeprefix("process-")) for path in self._folder.glob("process-*")}

    def go(self) -> None:
        """Let it compute, now and from now on."""
        if self._folder.exists():
            (self._folder / "go").touch()
