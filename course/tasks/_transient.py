"""Which errors pass by themselves: docs/transient.md has the table in words.

Clients are known by the names of their exceptions, so none of them is imported, and none has to be installed.
"""

import errno
import re
import socket
import ssl
from collections.abc import Callable
from typing import Any

_Answer = bool | None  # None: only if the call is idempotent
_Rule = bool | Callable[[Any], _Answer]
_IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}  # RFC 9110, 9.2.2
_NETWORK = {
    getattr(errno, name, None)
    for name in ("ENETDOWN", "ENETUNREACH", "ENETRESET", "EHOSTDOWN", "EHOSTUNREACH", "ENOBUFS")
} - {None}
_NO_SUCH = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
"""This machine has no addresses of the kind, IPv6 for example; the name's other addresses tell more."""
_SQLITE = {5, 6}  # SQLITE_BUSY, SQLITE_LOCKED
_SQLSTATES = ("08", "25P03", "53", "40001", "40P01", "55P03", "57P01", "57P02", "57P03", "57P05")
_UNRESOLVED = ("08007", "40003")


def transient(error: BaseException, *, idempotent: bool = False) -> bool:
    """Whether the same call may succeed a moment later, and no HTTP call is done twice, as far as it tells.

    It may if nobody listened or the other side said that it could not now. It will not if the request was
    wrong or refused: a declined card, an HTTP status of 4xx, an SMTP reply of 5xx, and whatever is not known.
    After a time-out, or when the connection breaks behind an HTTP request, nobody knows whether the call was
    done: that is transient if the call is `idempotent` or the error knows that it was (the GET, PUT or DELETE
    of an HTTP client). The error of a POST that was redirected knows only the GET behind it: follow no
    redirect of a POST. A group is transient if all its leaves are. docs/transient.md has the rest.
    """
    if isinstance(error, BaseExceptionGroup):
        return all(transient(leaf, idempotent=idempotent) for leaf in error.exceptions)
    answer = _answer(error)
    return idempotent if answer is None else answer


def _rule(error: object) -> _Rule | None:
    """That of the error's class, or of the nearest class above; None if it is not known."""
    for kind in type(error).__mro__:
        rules = _RULES.get(str(kind.__module__).partition(".")[0], {})
        if kind.__name__ in rules:
            return rules[kind.__name__]
    return None


def _answer(error: object) -> _Answer:
    rule = _rule(error)
    return rule(error) if callable(rule) else bool(rule)


def _get(error: object, *path: str) -> Any:
    """An attribute of an attribute; None if there is none, or the client will not say."""
    for name in path:
        try:
            error = getattr(error, name, None)
        except Exception:  # httpx raises RuntimeError for a request that was never set
            return None
    return error


def _late(error: Any) -> _Answer:
    """No answer, or half of one: the call may have been done."""
    method = _get(error, "request", "method") or _get(error, "request_info", "method")
    return str(method).upper() in _IDEMPOTENT or None


def _by_status(error: Any) -> _Answer:
    """An HTTP status: 503 did nothing; behind 502 and 504 somebody may have."""
    for path in (("response", "status_code"), ("status",), ("code",)):
        if isinstance(status := _get(error, *path), int):
            again = _late(error) if status in (502, 504) else status == 503
            return None if again and _redirected(error) else again
    return False


def _redirected(error: Any) -> bool:
    """Whether this answers a GET that nobody sent: a POST was, and its answer pointed there."""
    first = next(iter(_get(error, "response", "history") or _get(error, "history") or ()), None)
    method = _get(first, "request", "method") or _get(first, "method")
    return first is not None and str(method).upper() not in _IDEMPOTENT and bool(_late(error))


def _by_reply(error: Any) -> _Answer:
    """An SMTP reply: 4xx says "not now", 5xx "never"; of several recipients all have to say so."""
    refused = _get(error, "recipients")
    if isinstance(refused, dict):  # smtplib
        codes = [code for code, _ in refused.values()]
    elif isinstance(refused, list):  # aiosmtplib
        codes = [_get(one, "code") for one in refused]
    else:
        codes = [_get(error, "smtp_code") or _get(error, "code")]
    return bool(codes) and all(isinstance(code, int) and 400 <= code < 500 for code in codes)


def _by_errno(error: Any) -> _Answer:
    text = str(error)
    if error.errno is None and text.startswith("Multiple exceptions: "):  # asyncio, of a name's addresses
        numbers = {int(number) for number in re.findall(r"\[Errno (\d+)\]", text)}
        return bool(numbers - _NO_SUCH) and numbers <= {errno.ECONNREFUSED, *_NETWORK, *_NO_SUCH}
    return error.errno in _NETWORK


def _by_name_server(error: Any) -> _Answer:
    return bool(error.errno == socket.EAI_AGAIN)


def _by_sqlstate(error: Any) -> _Answer:
    """PostgreSQL's code; without one the server was not reached, or went away."""
    state = _get(error, "sqlstate") or _get(error, "pgcode")
    if state in _UNRESOLVED:
        return None
    return state is None or str(state).startswith(_SQLSTATES)


def _by_sqlite(error: Any) -> _Answer:
    code = _get(error, "sqlite_errorcode")
    return "is locked" in str(error) if code is None else code & 0xFF in _SQLITE


def _by_driver(error: Any) -> _Answer:
    """What the driver said to SQLAlchemy; of a driver that is not known, an OperationalError is believed."""
    if _get(error, "connection_invalidated"):
        return True
    driver = _get(error, "orig")
    if _get(driver, "sqlstate") or _get(driver, "pgcode"):
        return _by_sqlstate(driver)
    return type(error).__name__ == "OperationalError" if _rule(driver) is None else _answer(driver)


def _by_cause(error: Any) -> _Answer:
    """A connection that was not made, unless TLS is to blame, or one that broke."""
    seen: Any = error
    for _ in range(9):  # from the client's error down to the socket's
        if isinstance(seen, ssl.SSLError) and not isinstance(seen, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return False
        if type(seen).__name__ in ("ReadTimeoutError", "ProtocolError"):  # in a ConnectionError of requests
            return _late(error)
        inner = _get(seen, "reason") or next(iter(_get(seen, "args") or ()), None)
        seen = inner if isinstance(inner, BaseException) else _get(seen, "__cause__")
    return True


def _by_what_broke_it(error: Any) -> _Answer:
    """smtplib reports a time-out while it reads a reply as a disconnection; the mail may be on its way."""
    return _late(error) if isinstance(_get(error, "__context__"), TimeoutError) else True


def _by_reason(error: Any) -> _Answer:
    return _answer(_get(error, "reason") or _get(error, "original_error"))


_HTTPX: dict[str, _Rule] = {
    "TransportError": True,
    "ConnectError": _by_cause,
    "NetworkError": _late,
    "RemoteProtocolError": _late,
    "TimeoutException": _late,
    "ConnectTimeout": True,
    "PoolTimeout": True,
    "LocalProtocolError": False,
    "UnsupportedProtocol": False,
    "HTTPStatusError": _by_status,
}
_RULES: dict[str, dict[str, _Rule]] = {  # by package, then by the name of the class
    "builtins": {
        "ConnectionError": True,
        "ConnectionResetError": _late,
        "ConnectionAbortedError": _late,
        "BrokenPipeError": _late,
        "TimeoutError": _late,
        "OSError": _by_errno,
    },
    "socket": {"gaierror": _by_name_server},
    "ssl": {"SSLEOFError": _late, "SSLZeroReturnError": _late},
    "asyncio": {"IncompleteReadError": _late},
    "http": {"IncompleteRead": _late},
    "urllib": {"URLError": _by_reason, "HTTPError": _by_status},
    "httpx": _HTTPX,
    "httpx2": _HTTPX,
    "requests": {
        "ConnectionError": _by_cause,
        "SSLError": False,
        "ConnectTimeout": True,
        "Timeout": _late,
        "ChunkedEncodingError": _late,
        "HTTPError": _by_status,
    },
    "urllib3": {
        "ProtocolError": _late,
        "ConnectTimeoutError": True,
        "ReadTimeoutError": _late,
        "MaxRetryError": _by_reason,
        "ProxyError": _by_reason,
    },
    "aiohttp": {
        "ClientConnectionError": _late,
        "ClientConnectorError": _by_cause,
        "ServerFingerprintMismatch": False,
        "ServerTimeoutError": _late,
        "ConnectionTimeoutError": True,
        "ClientPayloadError": _late,
        "ClientResponseError": _by_status,
    },
    "smtplib": {
        "SMTPServerDisconnected": _by_what_broke_it,
        "SMTPResponseException": _by_reply,
        "SMTPRecipientsRefused": _by_reply,
    },
    "aiosmtplib": {
        "SMTPServerDisconnected": True,
        "SMTPConnectTimeoutError": True,
        "SMTPResponseException": _by_reply,
        "SMTPRecipientsRefused": _by_reply,
    },
    "redis": {
        "ConnectionError": True,
        "AuthenticationError": False,
        "AuthorizationError": False,
        "TimeoutError": _late,
        "TryAgainError": True,
        "ClusterDownError": True,
    },
    "kombu": {"OperationalError": True},
    "sqlite3": {"OperationalError": _by_sqlite},
    "psycopg": {"OperationalError": _by_sqlstate, "IdleInTransactionSessionTimeout": True},
    "psycopg2": {"OperationalError": _by_sqlstate, "IdleInTransactionSessionTimeout": True},
    "asyncpg": {"PostgresError": _by_sqlstate},
    "sqlalchemy": {"DBAPIError": _by_driver, "TimeoutError": True, "DisconnectionError": True},
}
