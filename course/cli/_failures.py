"""Recognises known problems in what uv, pip or the system print when they fail."""

from __future__ import annotations

import errno
import re
from pathlib import Path

from course.seat import free_mb
from course.words import say

NEEDED_MB = 400
"""What a set-up takes on disk at least, with an empty cache, in MB."""


class CannotGoOn(Exception):
    """Something on this machine stops the command. The text says what, and on the next line what to do."""

    def __init__(self, sentence: str, /, *, status: int = 1, **fields: object) -> None:
        self.status = status
        super().__init__(say(sentence, **fields))


# First match wins: a full disk or a refusing proxy is also reported as a failed download.
_TROUBLES = (
    (
        "disk-full",
        r"no space left on device|os error 28\b|errno 28\b|not enough space on the disk|os error 112\b"
        r"|quota exceeded|os error 122\b|errno 122\b",
    ),
    (
        "read-only",
        r"read-only file system|os error 30\b|errno 30\b|permission denied|access is denied"
        r"|errno 13\b|os error 5\b",
    ),
    (
        "proxy",
        r"proxyerror|407 proxy|proxy authentication|cannot connect to proxy|tunnel connection failed"
        r"|unsuccessful tunnel|tunnel error|proxy connect|via proxy",
    ),
    (
        "certificate",
        r"certificate[_ ]verify[_ ]failed|invalid peer certificate|unknown ?issuer|self[- ]signed certificate"
        r"|sslcertverificationerror",
    ),
    (
        "network",
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
    """The kind of problem that an installer reports in ``text``, and the words that it was recognised by."""
    for kind, pattern in _TROUBLES:
        found = re.search(pattern, text, re.IGNORECASE)
        if found:
            return kind, found.group(0)
    return None


def failure_of(text: str, folder: Path) -> CannotGoOn | None:
    """The known failure that an installer's output reports, if any."""
    found = trouble_in(text)
    if found is None:
        return None
    kind, detail = found
    if kind == "disk-full":
        return disk_full(folder)
    return read_only(folder, detail) if kind == "read-only" else _NOT_REACHED[kind](detail)


def no_network(detail: object) -> CannotGoOn:
    """The failure for an index that does not answer."""
    return CannotGoOn(
        "The package index could not be reached ({detail}).\n"
        "Connect to the internet and run the same command again. If this network has its own package "
        "index or a proxy, set PIP_INDEX_URL or HTTPS_PROXY first.",
        detail=detail,
    )


def _proxy(detail: object) -> CannotGoOn:
    return CannotGoOn(
        "The proxy refused to let the packages through ({detail}).\n"
        "Check HTTP_PROXY and HTTPS_PROXY (with http://user:password@host:port if it asks for a login), "
        "then run the same command again.",
        detail=detail,
    )


def _certificate(detail: object) -> CannotGoOn:
    return CannotGoOn(
        "The certificate of the package index could not be verified ({detail}).\n"
        "If this network replaces certificates, set SSL_CERT_FILE to the file with its root certificate, "
        "then run the same command again.",
        detail=detail,
    )


_NOT_REACHED = {"network": no_network, "proxy": _proxy, "certificate": _certificate}


def read_only(folder: Path, detail: object) -> CannotGoOn:
    """The failure for a folder that cannot be written."""
    return CannotGoOn(
        "{folder} cannot be written ({detail}).\n"
        "Move the course to a folder of your own, or make this one writable, and run the same command "
        "again.",
        folder=folder,
        detail=detail,
    )


def disk_full(folder: Path) -> CannotGoOn:
    """The failure for a disk without room, with the room that there is."""
    return CannotGoOn(
        "The disk that holds {folder} is full: {free} MB free, a set-up needs about {needed} MB.\n"
        "Free some space and run the same command again; it goes on where it stopped.",
        folder=folder,
        free=free_mb(folder),
        needed=NEEDED_MB,
    )


def failure_of_error(error: OSError, folder: Path) -> CannotGoOn | None:
    """The known failure behind an error of the file system, if it is one."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or getattr(error, "winerror", None) == 112:
        return disk_full(folder)
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return read_only(folder, error.strerror or str(error))
    return None
