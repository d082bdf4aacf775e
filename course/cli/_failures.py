"""Reads what uv, pip or the system said when they failed, and tells which of the known troubles it was."""

from __future__ import annotations

import errno
import re
from pathlib import Path

from course.cli._says import CannotGoOn
from course.seat import free_mb

NEEDED_MB = 400
"""What a set-up takes on disk at least, with an empty cache, in MB."""

# First match wins: a full disk or a refusing proxy is also reported as a failed download.
_TROUBLES = (
    (
        "failed.disk-full",
        r"no space left on device|os error 28\b|errno 28\b|not enough space on the disk|os error 112\b"
        r"|quota exceeded|os error 122\b|errno 122\b",
    ),
    (
        "failed.read-only",
        r"read-only file system|os error 30\b|errno 30\b|permission denied|access is denied"
        r"|errno 13\b|os error 5\b",
    ),
    (
        "failed.proxy",
        r"proxyerror|407 proxy|proxy authentication|cannot connect to proxy|tunnel connection failed"
        r"|unsuccessful tunnel|tunnel error|proxy connect|via proxy",
    ),
    (
        "failed.certificate",
        r"certificate[_ ]verify[_ ]failed|invalid peer certificate|unknown ?issuer|self[- ]signed certificate"
        r"|sslcertverificationerror",
    ),
    (
        "failed.network",
        r"name or service not known|name resolution|getaddrinfo failed|nodename nor servname|dns error"
        r"|failed to establish a new connection|newconnectionerror|connection refused"
        r"|network is unreachable|no route to host|error sending request|failed to fetch|timed out"
        r"|connection reset"
        r"|maxretryerror|connecttimeout|readtimeout|could not connect|connection aborted|remotedisconnected",
    ),
)


def tail(text: str, lines: int = 12) -> str:
    """The last lines of a program's output, indented."""
    kept = [line.rstrip() for line in text.splitlines() if line.strip()]
    return "\n".join(f"    {line}" for line in kept[-lines:])


def trouble_in(text: str) -> tuple[str, str] | None:
    """The key of the trouble that an installer reports in ``text`` and the words that say so."""
    for key, pattern in _TROUBLES:
        found = re.search(pattern, text, re.IGNORECASE)
        if found:
            return key, found.group(0)
    return None


def failure_of(text: str, folder: Path) -> CannotGoOn | None:
    """The known failure that an installer's output tells of, if it tells of one."""
    found = trouble_in(text)
    if found is None:
        return None
    key, detail = found
    if key == "failed.disk-full":
        return disk_full(folder)
    return CannotGoOn(key, detail=detail, folder=folder)


def disk_full(folder: Path) -> CannotGoOn:
    """The failure for a disk without room, with the room that there is."""
    return CannotGoOn("failed.disk-full", folder=folder, free=free_mb(folder), needed=NEEDED_MB)


def failure_of_error(error: OSError, folder: Path) -> CannotGoOn | None:
    """The known failure behind an error of the file system, if it is one."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or getattr(error, "winerror", None) == 112:
        return disk_full(folder)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return CannotGoOn("failed.read-only", folder=folder, detail=error.strerror or str(error))
    return None
