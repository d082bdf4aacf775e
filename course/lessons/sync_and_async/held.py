"""Computing that a check can watch from outside, whatever process it happens in."""

import contextlib
import multiprocessing.util
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from course.lessons.sync_and_async.primes import count_primes

_FOLDER = "COURSE_COMPUTE_FOLDER"  # processes inherit it
_HELD_SECONDS = 40
_LAST_SECONDS = 0.5
_REASON = "cannot count the primes below {n}"


def compute(n: int) -> int:
    """Count the primes below n, and take some time over it."""
    folder = Path(os.environ[_FOLDER])
    _note(folder)
    deadline = time.monotonic() + _HELD_SECONDS
    while folder.exists() and not (folder / "go").exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    if (folder / f"fail-{n}").exists():
        (folder / f"failed-{n}").touch()
        raise ValueError(_REASON.format(n=n))
    return count_primes(n)


def _note(folder: Path) -> None:
    """Note the process; one that ends takes a moment, so that nobody overlooks who does not wait for it."""
    note = folder / f"process-{os.getpid()}"
    with contextlib.suppress(OSError):
        if not note.exists() and multiprocessing.parent_process() is not None:
            multiprocessing.util.Finalize(None, time.sleep, args=[_LAST_SECONDS], exitpriority=0)
        note.touch()


class Watch:
    """What a check sees of `compute`, and how it holds it: all that is computed waits for `go`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def processes(self) -> set[int]:
        """The ids of the processes that it has run in."""
        return {int(path.name.removeprefix("process-")) for path in self._folder.glob("process-*")}

    def go(self) -> None:
        """Let it compute, now and from now on."""
        with contextlib.suppress(OSError):
            (self._folder / "go").touch()

    def hold(self) -> None:
        """Let it wait again."""
        (self._folder / "go").unlink(missing_ok=True)

    def fail(self, n: int) -> None:
        """Let it fail for this number, in whatever process."""
        (self._folder / f"fail-{n}").touch()

    def failed(self) -> set[int]:
        """The numbers for which it has failed."""
        return {int(path.name.removeprefix("failed-")) for path in self._folder.glob("failed-*")}


@contextlib.contextmanager
def watch() -> Iterator[Watch]:
    """Watch `compute`, in this process and in those that it starts meanwhile."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        before = os.environ.get(_FOLDER)
        os.environ[_FOLDER] = folder
        try:
            yield Watch(Path(folder))
        finally:
            Watch(Path(folder)).go()
            os.environ.pop(_FOLDER)
            if before is not None:
                os.environ[_FOLDER] = before
