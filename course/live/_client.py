"""The clients of the bench: plain httpx.Client objects whose transport notes what is sent and received."""

from __future__ import annotations

import functools
import ssl
import threading
from collections.abc import Iterator

import httpx

from course.live._hooks import HEADER
from course.live._recorder import Recorder
from course.tasks import describe

_TIMEOUT = 10.0  # seconds


@functools.cache
def no_tls() -> ssl.SSLContext:
    """A context for clients that speak plain HTTP only."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # never used: making httpx's own would cost 10 ms a client


def make_client(recorder: Recorder, url: str, lane: str, number: int | None = None) -> httpx.Client:
    """An httpx.Client on connections of its own, with its own lane on the timeline.

    `number` is the number of its only request, when that request has been counted already. Such a client
    waits as long as it takes: whoever has submitted the request says how long that may be.
    """
    transport = _RecordingTransport(recorder, lane, number)
    timeout = _TIMEOUT if number is None else None
    return httpx.Client(base_url=url, timeout=timeout, trust_env=False, transport=transport)


class _RecordingTransport(httpx.HTTPTransport):
    def __init__(self, recorder: Recorder, lane: str, number: int | None) -> None:
        super().__init__(verify=no_tls(), trust_env=False)
        self._recorder = recorder
        self._lane = lane
        self._number = number
        self._failed: int | None = None  # the request before, when its answer was a 5xx

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        recorder = self._recorder
        if self._failed is not None:
            # After a 500 for an exception, uvicorn closes the connection. A notebook is quick enough to send
            # its next request before that, and would get a reset.
            recorder.await_end(self._failed, 2.0)
            self._failed = None
        number, self._number = self._number, None
        if number is None:
            thread = threading.get_ident()
            number = recorder.new_request(self._lane, request.method, request.url.path, thread)
        recorder.begin("sent", number)
        recorder.note("request_sent", number)
        try:
            response = super().handle_request(_numbered(request, recorder, number))
        except BaseException as error:
            recorder.note("client_error", number, text=describe(error))
            recorder.end("sent", number)
            raise
        if response.status_code >= 500:
            self._failed = number
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _RecordingStream(response.stream, recorder, number)
        return response


def _numbered(request: httpx.Request, recorder: Recorder, number: int) -> httpx.Request:
    headers = [*request.headers.raw, (HEADER, f"{recorder.token}:{number}".encode())]
    return httpx.Request(
        request.method, request.url, headers=headers, stream=request.stream, extensions=request.extensions
    )


class _RecordingStream(httpx.SyncByteStream):
    """The body of a response; when its last byte has been read, the client has its answer."""

    def __init__(self, stream: httpx.SyncByteStream, recorder: Recorder, number: int) -> None:
        self._stream = stream
        self._recorder = recorder
        self._number = number
        self._over = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except httpx.HTTPError as error:
            self._note("client_error", describe(error))
            raise
        self._note("client_has_it")

    def close(self) -> None:
        self._stream.close()
        self._note("client_left")

    def _note(self, kind: str, text: str = "") -> None:
        if not self._over:
            self._over = True
            self._recorder.note(kind, self._number, text=text)
            self._recorder.end("sent", self._number)
