"""What keeps the board safe in a network that nobody knows: limits, headers, and who may send a form."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_MOST_KEYS = 10_000


class Buckets:
    """How often something may happen: ``burst`` times at once, then ``rate`` times a second, for each key."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._filled: dict[Hashable, tuple[float, float]] = {}

    def wait(self, key: Hashable, now: float) -> float:
        """Seconds until it may happen; 0 if it may now."""
        tokens = self._tokens(key, now)
        return 0.0 if tokens >= 1 else (1 - tokens) / self._rate

    def take(self, key: Hashable, now: float) -> None:
        """It happens."""
        if len(self._filled) >= _MOST_KEYS:
            self._filled = {
                each: state for each, state in self._filled.items() if self._tokens(each, now) < self._burst
            }
        self._filled[key] = (max(0.0, self._tokens(key, now) - 1), now)

    def _tokens(self, key: Hashable, now: float) -> float:
        tokens, then = self._filled.get(key, (float(self._burst), now))
        return min(self._burst, tokens + max(0.0, now - then) * self._rate)


class Below:
    """Around an app whose paths all begin with ``prefix``, because a proxy passes them on whole."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and tell the app where it is."""
        await self._app({**scope, "root_path": self._prefix}, receive, send)


class Guard:
    """Around the whole app: whom it talks to, how much it reads, and what its pages may do.

    ``hosts`` are the names by which the board is reached; another one is a page elsewhere that pretends to be
    the board. None stand for whichever a proxy lets through. A form comes from a page of the board itself.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str], largest: int) -> None:
        self._app, self._hosts, self._largest = app, frozenset(map(str.lower, hosts)), largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        refused = self._refused(scope)
        if refused is not None:
            await refused(scope, receive, send_with_headers)
            return
        await self._app(scope, _limited(receive, self._largest), send_with_headers)

    def _refused(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = _name(f"//{headers.get('host', '')}")
        hosts = self._hosts or {host}
        if host is None or host not in hosts:
            return PlainTextResponse("The board has another name.", 421)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:12]) > self._largest:
            return PlainTextResponse("That is too much at once.", 413)
        if scope["method"] not in ("GET", "HEAD"):
            origin = headers.get("origin")
            is_page = not scope["path"].startswith(f"{scope.get('root_path', '')}/api/")
            if (is_page or origin is not None) and _name(origin or "") not in hosts:
                return PlainTextResponse("That was sent from another page.", 403)
        return None


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _limited(receive: Receive, largest: int) -> Receive:
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > largest:
            raise HTTPException(413, "That is too much at once.")
        return message

    return counted
