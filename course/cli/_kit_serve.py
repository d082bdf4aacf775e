"""Offer a wheelhouse to the room: every seat installs from this machine, and none needs the internet.

Only the files of its manifest are given out, to be read. Ctrl-C stops it.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import html
import os
import shutil
import signal
import socket
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from course.cli._says import CannotGoOn, sentence
from course.cli._wheelhouse import CHECKOUT, MANIFEST, read_manifest

FIRST_PORT = 8000
_ELSEWHERE = "192.0.2.1"
"""An address that is nobody's (RFC 5737): asking for the way there sends nothing."""

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>After the Response</title>
<style>body{{font:1.2em/1.6 system-ui,sans-serif;max-width:42em;margin:2em auto;padding:0 1em}}
code{{display:block;padding:.6em;background:#eee;color:#111;overflow-x:auto}}</style></head>
<body><h1>After the Response</h1><ol>
<li>Download <a href="/{checkout}">{checkout}</a> ({size:.1f} MB) and unpack it.</li>
<li>In the folder that comes out, with Python {pythons}, run
<code>python3 -m course start --wheelhouse {url}</code>
(on Windows <code>py -m course start --wheelhouse {url}</code>)</li></ol>
<p>Something is wrong? This says what it is, and has a code for your instructor:
<code>python3 -m course doctor</code></p>
</body></html>
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``kit serve``."""
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path("wheelhouse"), help="what kit wheelhouse made"
    )
    parser.add_argument(
        "--port", type=_port, default=FIRST_PORT, metavar="N", help=f"listen there (default: {FIRST_PORT})"
    )


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535; 0 takes any that is free")
    return port


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    server = open_server(args.folder.expanduser().absolute(), args.port)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with server, contextlib.suppress(KeyboardInterrupt):
        print(sentence("serve.ready", url=server.url, checkout=CHECKOUT))
        if lan_address() is None:
            print(sentence("serve.alone"))
        print(sentence("serve.stop"), flush=True)
        server.serve_forever()
    print(sentence("serve.stopped"), flush=True)
    return 0


class Server(ThreadingHTTPServer):
    """Gives out one wheelhouse."""

    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # on Windows it would let two servers have one port
    request_queue_size = 128  # a whole room begins at once

    def __init__(self, address: tuple[str, int], folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.names = {MANIFEST, *manifest["files"]}
        super().__init__(address, Handler)

    @property
    def url(self) -> str:
        """Where the room finds it."""
        return f"http://{lan_address() or '127.0.0.1'}:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about a seat that left in the middle of a file."""


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for the page and for the files of the manifest; there is nothing else."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 60
    server_version = "course"
    sys_version = ""

    def do_GET(self) -> None:
        """Send the page or a file."""
        self._answer(body=True)

    def do_HEAD(self) -> None:
        """Say how large it is, and what time it is here."""
        self._answer(body=False)

    def log_message(self, *_: object) -> None:
        """Be quiet: forty seats ask for hundreds of files each."""

    def _answer(self, *, body: bool) -> None:
        name = unquote(urlsplit(self.path).path).lstrip("/")
        if name in ("", "index.html"):
            self._send_page(body)
        elif name in self.server.names:
            self._send_file(self.server.folder / name, body)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _send_page(self, body: bool) -> None:
        text = page(self.server).encode()
        self._head("text/html; charset=utf-8", len(text))
        if body:
            self.wfile.write(text)

    def _send_file(self, path: Path, body: bool) -> None:
        try:
            stream = path.open("rb")
        except OSError:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        with stream:
            kind = {".json": "application/json", ".zip": "application/zip"}.get(path.suffix)
            self._head(kind or "application/octet-stream", path.stat().st_size)
            if body:
                shutil.copyfileobj(stream, self.wfile, 1 << 20)

    def _head(self, kind: str, size: int) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(size))
        self.end_headers()


def page(server: Server) -> str:
    """What a learner's browser shows."""
    pythons = sorted({name.partition(" ")[2] for name in server.manifest["seats"]}, key=_by_number)
    return _PAGE.format(
        checkout=CHECKOUT,
        size=server.manifest["files"][CHECKOUT]["size"] / 1e6,
        pythons=html.escape(" or ".join(pythons)),
        url=html.escape(server.url),
    )


def _by_number(python: str) -> tuple[int, ...]:
    return tuple(int(part) for part in python.split("."))


def open_server(folder: Path, port: int) -> Server:
    """A server of that wheelhouse that listens and does not answer yet.

    Raises:
        CannotGoOn: There is no wheelhouse in the folder, or the port is in use.
    """
    try:
        manifest = read_manifest((folder / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or error
        raise CannotGoOn("failed.nothing-to-serve", folder=folder, detail=detail) from None
    try:
        return Server(("", port), folder, manifest)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise CannotGoOn("failed.serve-port", port=port, detail=error.strerror) from None


def lan_address() -> str | None:
    """The address at which the room reaches this machine; None if it is in no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_ELSEWHERE, 9))
            address: str = probe.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith("127.") or address == "0.0.0.0" else address
