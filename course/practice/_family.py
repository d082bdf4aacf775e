"""The processes that a process has started, found quickly: checks look for them several times a second."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import psutil

_PROC = Path("/proc")
_TOLD = (_PROC / "self" / "task" / str(os.getpid()) / "children").exists()
"""Whether the system says whose children are whose; else the parents of all processes have to be read."""


def descendants() -> list[psutil.Process]:
    """What this process has started; on Linux also those whose parents have died, if they become its own.

    One that begins or ends at this moment may be missing.
    """
    with contextlib.suppress(psutil.Error):
        if not _TOLD:
            return psutil.Process().children(recursive=True)  # type: ignore[no-any-return]
        return list(_processes(_below(os.getpid())))
    return []


def _below(pid: int) -> Iterator[int]:
    """The numbers of the descendants of a process, as the system tells them."""
    with contextlib.suppress(OSError):
        for task in (_PROC / str(pid) / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from _below(int(child))


def _processes(pids: Iterator[int]) -> Iterator[psutil.Process]:
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            yield psutil.Process(pid)
