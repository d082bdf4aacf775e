"""What an instructor runs in the room: offer a wheelhouse to every seat, and read the doctor's codes."""

from __future__ import annotations

import argparse
import codecs
import contextlib
import errno
import os
import re
import shutil
import signal
import socket
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Iterable  # noqa: UP035  (parses and runs on 3.8)
from urllib.parse import unquote, urlsplit

from course import words
from course.cli._failures import CannotGoOn
from course.cli._wheelhouse import CHECKOUT, MANIFEST, read_manifest
from course.seat import MistypedCode, Seat, decode, remedy

FIRST_PORT = 8000
_ELSEWHERE = "192.0.2.1"
"""An address reserved for documentation (RFC 5737): connecting a UDP socket to it sends nothing."""


def add_serve_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``kit serve``."""
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path("wheelhouse"), help="what kit wheelhouse made"
    )
    parser.add_argument(
        "--port", type=_port, default=FIRST_PORT, metavar="N", help=f"listen there (default: {FIRST_PORT})"
    )

    parser.add_argument(
        "--host", default="", metavar="ADDRESS", help="listen at this address only (default: at all)"
    )


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535; 0 takes any that is free")
    return port


def serve(args: argparse.Namespace) -> int:
    """Offer a wheelhouse to the room: every seat installs from this machine, and none needs the internet.

    Only the files of its manifest can be read; what kit wheelhouse adds meanwhile is offered too.
    Ctrl-C stops it.
    """
    server = open_server(args.folder.expanduser().absolute(), args.port, args.host)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with server, contextlib.suppress(KeyboardInterrupt):
        urls = server.urls()
        print(f"For the board:  {'   or  '.join(urls)}")
        print(f"Whoever opens it finds {CHECKOUT}. In its unpacked folder each seat runs\n")
        print(f"    python3 -m course start --wheelhouse {urls[0]}\n")
        if server.only_here(urls):
            print("This machine is in no network yet: connect it, stop this and start it again.")
        else:
            print("Open the address on another machine before the class comes: a firewall shows only there.")
        print("Ctrl-C here stops it.", flush=True)
        server.serve_forever()
    print("The wheelhouse is no longer offered. Seats that are set up do not need it.", flush=True)
    return 0


class Server(ThreadingHTTPServer):
    """Gives out one wheelhouse."""

    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # on Windows it would let two servers have one port
    request_queue_size = 128  # all seats of a room begin at once

    def __init__(self, address: tuple[str, int], folder: Path) -> None:
        self.folder = folder
        self._read_at: object = None
        self._manifest: dict[str, Any] = {}
        self.manifest()
        super().__init__(address, Handler)

    def manifest(self) -> dict[str, Any]:
        """What the folder holds now. While a new manifest cannot be read, it is what it was.

        Raises:
            OSError, ValueError: There was none that could be read.
        """
        path = self.folder / MANIFEST
        try:
            state = path.stat()
            now = (state.st_mtime_ns, state.st_size)
            if now != self._read_at:
                self._manifest, self._read_at = read_manifest(path.read_bytes()), now
        except (OSError, ValueError):
            if self._read_at is None:
                raise
        return self._manifest

    def urls(self) -> list[str]:
        """The addresses that answer on this machine, that of the room first."""
        port = self.server_address[1]
        found = [address for address in self._addresses() if _answers(address, port)]
        return [f"http://{address}:{port}" for address in found or ["127.0.0.1"]]

    def only_here(self, urls: list[str]) -> bool:
        """Whether no other machine can reach any of these."""
        return all(url.startswith("http://127.") for url in urls)

    def _addresses(self) -> list[str]:
        bound = str(self.server_address[0])
        if bound != "0.0.0.0":
            return [bound]
        try:
            own = socket.gethostbyname_ex(socket.gethostname())[2]
        except OSError:
            own = []
        others = [address for address in own if not address.startswith("127.")]
        return list(dict.fromkeys(filter(None, [lan_address(), *others, "127.0.0.1"])))

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
        """Log nothing: forty seats ask for hundreds of files each."""

    def _answer(self, *, body: bool) -> None:
        name = unquote(urlsplit(self.path).path).lstrip("/")
        if name in ("", "index.html"):
            self._send_page(body)
        elif name == MANIFEST or name in self.server.manifest()["files"]:
            self._send_file(self.server.folder / name, body)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _send_page(self, body: bool) -> None:
        host = self.headers.get("Host", "")
        text = page(
            self.server, f"http://{host}" if _HOST.fullmatch(host) else self.server.urls()[0]
        ).encode()
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


_HOST = re.compile(r"[\w.-]+(?::\d+)?")


def page(server: Server, url: str) -> str:
    """What a learner's browser shows that has opened ``url``."""
    manifest = server.manifest()
    pythons = sorted({name.partition(" ")[2] for name in manifest["seats"]}, key=_by_number)
    template = words.pages(Path(__file__).with_name("templates")).get_template("room.html.j2")
    return template.render(
        checkout=CHECKOUT,
        size=manifest["files"][CHECKOUT]["size"] / 1e6,
        pythons=" or ".join(pythons),
        url=url,
    )


def _answers(address: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection((address, port), timeout=5).close()
    except OSError:
        return False
    return True


def _by_number(python: str) -> tuple[int, ...]:
    return tuple(int(part) for part in python.split("."))


def open_server(folder: Path, port: int, host: str = "") -> Server:
    """A server of that wheelhouse that listens and does not answer yet; at all addresses without a ``host``.

    Raises:
        CannotGoOn: There is no wheelhouse in the folder, or the address cannot be listened on.
    """
    try:
        return Server((host, port), folder)
    except ValueError as error:
        reason: object = error
    except OSError as error:
        if not (folder / MANIFEST).is_file():
            reason = error.strerror
        elif isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise CannotGoOn(
                "{host} is no address of this machine ({detail}).\n"
                "Leave --host out, to listen at all of them: python3 -m course kit serve",
                host=host,
                detail=error.strerror,
            ) from None
        elif error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise CannotGoOn(
                "Port {port} cannot be listened on ({detail}).\n"
                "Name another one: python3 -m course kit serve --port 8080",
                port=port,
                detail=error.strerror,
            ) from None
        else:
            raise
    raise CannotGoOn(
        "There is no wheelhouse in {folder} ({detail}).\n"
        'Make one where there is internet: python3 -m course kit wheelhouse --out "{folder}"',
        folder=folder,
        detail=reason,
    )


def lan_address() -> str | None:
    """The address at which the room reaches this machine; None if it is in no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_ELSEWHERE, 9))
            address: str = probe.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith("127.") or address == "0.0.0.0" else address


# codes of the doctor

_CODE = re.compile(
    r"(?<![0-9A-Za-z])(?=([0-9A-Za-z]{5})\s*[-\u2010-\u2015\u2212]?\s*([0-9A-Za-z]{5})(?![0-9A-Za-z]))"
)
_STAMP = re.compile(
    r"(?:(?<!\w)\d{1,4}([./-])\d{1,2}\1\d{1,4},?|\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]\.?m\.?)?)(?!\w)|[\[\]()]",
    re.I,
)
"""Dates and times of day, and the brackets around them."""
_SPEAKER = re.compile(r"\s*(?:from\s+)?(.+?)(?:\s+to\s+[^:]+)?\s*:(?:\s|$)", re.I)
_SENDER = re.compile(r"from:\s*\"?([^\"<]*[^\"<\s])", re.I)
_ABOUT_THE_CODE = re.compile(r"\b(?:my|mine|the|code|here|is|it's)\b.*", re.I)
_LIKE_A_CODE = re.compile(r"(?=\S*\d)\S{6,}")
_ENDED_BY = {"python": None, "environment": {"packages", "kernel", "server"}, "server": {"kernel"}}
"""Failures that cause other ones: all others (None), or those named. Kernels, too, answer on 127.0.0.1."""


def add_codes_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``kit doctor-codes``."""
    parser.add_argument("file", help="lines of a name and a code; - reads what is typed or piped in")


def doctor_codes(args: argparse.Namespace) -> int:
    """Read the codes that the doctor printed on each seat, and say who needs help and how.

    The file has a name and a code in each line, or is a chat that was copied, with times and other words. The
    last code of a name counts. The exit status is 0 if every seat works.
    """
    try:
        text = sys.stdin.read() if args.file == "-" else text_of(Path(args.file).read_bytes())
    except (OSError, UnicodeDecodeError) as error:
        detail = getattr(error, "strerror", None) or error
        print(f"{args.file} cannot be read ({detail}).", file=sys.stderr)
        return 2
    seats, mistyped = read(text.splitlines())
    if not seats and not mistyped:
        print(
            f"There is no code in {args.file}. Each line is a name and a code of python3 -m course doctor.",
            file=sys.stderr,
        )
        return 2
    print(summary(seats, mistyped))
    return 1 if mistyped or any(seat.failed for seat in seats.values()) else 0


def text_of(content: bytes) -> str:
    """The text of a file, in UTF-8 or in UTF-16, as some editors of Windows save it."""
    utf_16 = content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    return content.decode("utf-16" if utf_16 else "utf-8-sig")


def read(lines: Iterable[str]) -> tuple[dict[str, Seat], dict[int, str]]:
    """The seats by name, and by line number the lines that seem to have a code and have no valid one.

    A name stands before its code; in a chat it may be alone on the line before, with a time, and in a mail
    it is in the line ``From:``. What a mail quotes, with ``>``, is not an answer.
    """
    seats: dict[str, Seat] = {}
    mistyped: dict[int, str] = {}
    speaker = sender = ""
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith(("#", ">")):
            continue
        bare = _STAMP.sub(" ", line)
        found = _decoded(bare)
        header, speaker = speaker, ""
        if found is not None:
            before, seat = found
            seats[_name(before) or header or sender or f"line {number}"] = seat
            sender = ""
        elif mail := _SENDER.match(line):
            sender = mail.group(1)
        elif _seems_to_have_a_code(bare):
            mistyped[number] = line
        elif bare != line:
            speaker = bare.strip(" ,;:-")
    return seats, mistyped


def _decoded(line: str) -> tuple[str, Seat] | None:
    """What stands before the first valid code of a line, and what the code says."""
    for found in _CODE.finditer(line):
        with contextlib.suppress(MistypedCode):
            return line[: found.start()], decode("".join(found.groups()))
    return None


def _seems_to_have_a_code(line: str) -> bool:
    halves = ("".join(found.groups()) for found in _CODE.finditer(line))
    return bool(_LIKE_A_CODE.search(line)) or any(re.search(r"\d", both) for both in halves)


def _name(before: str) -> str:
    """The name in what stands before a code, which may be the whole line that the doctor printed."""
    before = _doctors_words().sub("", before)
    speaker = _SPEAKER.match(before)
    text = speaker.group(1) if speaker else _ABOUT_THE_CODE.sub("", before)
    return text.strip(" \t,;:=-")


def _doctors_words() -> re.Pattern[str]:
    """What the doctor says before a code, in any language of the course."""
    line = "Code for your instructor: {code}"
    lines = [words.translated(line, words.ENGINE, each) for each in [words.ENGLISH, *words.languages()]]
    said = "|".join(re.escape(line.partition("{code}")[0].rstrip(" :：")) for line in lines)
    return re.compile(rf"(?:{said})\s*[:：]?\s*$", re.I)


def summary(seats: dict[str, Seat], mistyped: dict[int, str]) -> str:
    """One paragraph for each remedy, the one that helps most seats first; then the lines to ask about."""
    in_need = {name: seat for name, seat in seats.items() if seat.failed}
    need_help = f"{len(in_need)} of {len(seats)} seats need help."
    lines = [need_help if in_need else f"All {len(seats)} seats work."] if seats else []
    helped: dict[str, list[str]] = {}
    for name, seat in in_need.items():
        checks = _causes(seat.failed)
        for cure in dict.fromkeys(map(remedy, checks)):
            why = ", ".join(check for check in checks if remedy(check) == cure)
            helped.setdefault(cure, []).append(f"    {name} ({seat}): {why}")
    for cure, named in sorted(helped.items(), key=lambda item: -len(item[1])):
        lines += ["", cure, *named]
    if mistyped:
        lines += ["", "These lines have no code, or a mistyped one. Ask for it again:"]
        lines += [f"    line {number}: {text}" for number, text in mistyped.items()]
    return "\n".join(lines).strip()


def _causes(failed: tuple[str, ...]) -> list[str]:
    """The failures without those that another one causes."""
    causes = list(failed)
    for cause, follow in _ENDED_BY.items():
        if cause in causes:
            causes = [
                check for check in causes if check == cause or (follow is not None and check not in follow)
            ]
    return causes
