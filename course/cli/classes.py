"""A class board for a room: who is stuck, now, without accounts and without the internet."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import errno
import hashlib
import socket
import sys
import time
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Iterator  # noqa: UP035  (parses and runs on 3.8)
from urllib.parse import urlsplit

from course.cli._failures import CannotGoOn
from course.cli._kit_room import lan_address

if TYPE_CHECKING:
    from course.classroom.store import Class, Store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sub-commands of ``class``, each with its own options."""
    parts = parser.add_subparsers(dest="part", metavar="part", required=True)
    for name, (add, run_part, said) in _PARTS.items():
        own = parts.add_parser(name, help=said, description=run_part.__doc__, allow_abbrev=False)
        own.add_argument(
            "--database",
            metavar="URL",
            help="where classes are kept, such as postgresql://… (default: the folder classes)",
        )
        add(own)


def run(args: argparse.Namespace) -> int:
    """Run the part that was named."""
    status: int = _PARTS[args.part][1](args)
    return status


def _add_open(parser: argparse.ArgumentParser) -> None:
    """Options of ``class open``."""
    parser.add_argument("--name", help="what the class is called (default: today's date)")
    parser.add_argument("--port", type=int, default=8765, metavar="N", help="listen there (default: 8765)")
    parser.add_argument(
        "--address",
        metavar="URL",
        help="where learners reach this machine, if not in this network: https://… of a tunnel",
    )
    parser.add_argument("--no-browser", action="store_true", help="print the link to the page only")


def open_class(args: argparse.Namespace) -> int:
    """Open a class, or open one of that name again: it goes on where it was.

    Prints what learners type, and opens the instructor's page. Ctrl-C stops the board; the seats keep what
    they have to send until it is there again.
    """
    from course.classroom import board, live

    name = _clean(args.name or dt.date.today().isoformat())
    with _store(args) as store, _listen(args.port) as listener:
        found = store.open(name, time.time())
        with only_one(found):
            here = f"http://127.0.0.1:{listener.getsockname()[1]}"
            address = _address(args.address, listener.getsockname()[1])
            app = board.create_app(live.Live(store, found), address)
            link = f"{here}/open/{found.secret}"
            _announce(found, address, link)
            if not args.no_browser:
                webbrowser.open(link)
            board.serve(app, listener)
    print(f'The board is closed for now. Open it again: python3 -m course class open --name "{name}"')
    return 0


def _announce(found: Class, address: Any, link: str) -> None:
    words = address.words(found.code)
    print(f"The class “{found.name}” is open. Learners run this in a notebook:\n")
    print(f'    from course import join; join("{words}")\n')
    with contextlib.suppress(UnicodeEncodeError):
        address.qr(found.code).terminal(out=sys.stdout, compact=True)
    print(f"Your page, for you alone: {link}")
    if lan_address() is None:
        print("This machine is in no network yet: connect it, stop this and start it again.")
    print("Ctrl-C here stops the board. Nothing is lost meanwhile.", flush=True)


def _address(url: str | None, port: int) -> Any:
    from course.classroom.board import Address

    lan = lan_address() or "127.0.0.1"
    hosts = {"127.0.0.1", "localhost", lan, socket.gethostname()}
    if url is None:
        return Address(f"http://{lan}:{port}", tuple(hosts))
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CannotGoOn(
            "{url} is not an address of a board.\nWrite it whole: --address https://board.example.org",
            url=url,
        )
    return Address(url.rstrip("/"), (*hosts, parts.hostname))


@contextlib.contextmanager
def _listen(port: int) -> Iterator[socket.socket]:
    try:
        listener = socket.create_server(("", port), backlog=1024)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise CannotGoOn(
            "Port {port} cannot be listened on ({detail}).\n"
            "Is another board open there? Otherwise name another port: python3 -m course class open --port "
            "{other}",
            port=port,
            detail=error.strerror,
            other=port + 1,
        ) from None
    with listener:
        yield listener


@contextlib.contextmanager
def only_one(found: Class) -> Iterator[None]:
    """While the block runs no other process of this machine serves or closes the class."""
    from filelock import FileLock, Timeout

    from course.classroom.store import FOLDER

    FOLDER.mkdir(exist_ok=True)
    try:
        with FileLock(FOLDER / f"{hashlib.sha256(found.secret.encode()).hexdigest()[:16]}.lock", timeout=0):
            yield
    except Timeout:
        raise CannotGoOn(
            "The board of “{name}” is open in another process.\nStop that one with Ctrl-C first.",
            name=found.name,
        ) from None


def _add_list(_: argparse.ArgumentParser) -> None:
    """``class list`` has no option of its own."""


def list_classes(args: argparse.Namespace) -> int:
    """The classes that are kept here, with their seats and events, the oldest first."""
    from course.words import table

    with _store(args) as store:
        rows = [
            (found.name, f"{dt.datetime.fromtimestamp(found.opened):%Y-%m-%d %H:%M}", str(seats), str(events))
            for found, seats, events in store.classes()
        ]
    print(table(rows, ("class", "opened", "seats", "events"), right=(2, 3)) if rows else "There is no class.")
    return 0


def _add_named(parser: argparse.ArgumentParser) -> None:
    """Options of ``class export`` and ``class close``."""
    parser.add_argument("name", help="the class, as class list names it")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="the folder to write to (default: class-NAME in this folder)"
    )


def export_class(args: argparse.Namespace) -> int:
    """Write a class to exercises.csv (a line for each learner and exercise) and events.jsonl."""
    with _store(args) as store:
        _export(store, _find(store, args.name), args.out)
    return 0


def close_class(args: argparse.Namespace) -> int:
    """Export a class, then delete everything of it here."""
    with _store(args) as store:
        found = _find(store, args.name)
        with only_one(found):
            _export(store, found, args.out)
            store.delete_class(found.id)
    print(f"The class “{found.name}” is deleted here.")
    return 0


def _export(store: Store, found: Class, out: Path | None) -> None:
    from course.classroom.store import export
    from course.practice import lessons

    lesson_of = {id: lesson.name for lesson in lessons() for id in lesson.text.exercises}
    folder = out or Path("class-" + "".join(c if c.isalnum() or c in "-_" else "_" for c in found.name))
    for path in export(store, found, folder, lesson_of):
        print(f"Written: {path}")


def _find(store: Store, name: str) -> Class:
    found = store.find(_clean(name))
    if found is None:
        raise CannotGoOn(
            "There is no class “{name}”.\nSee which there are: python3 -m course class list", name=name
        )
    return found


def _clean(name: str) -> str:
    from course.classroom.names import clean

    cleaned = clean(name)
    if not cleaned:
        raise CannotGoOn("A class needs a name that can be read.\nName it: --name Tuesday")
    return cleaned


@contextlib.contextmanager
def _store(args: argparse.Namespace) -> Iterator[Store]:
    from sqlalchemy.exc import SQLAlchemyError

    from course.classroom.store import Store

    store = None
    try:
        store = Store(args.database)
        yield store
    except (SQLAlchemyError, ImportError) as error:
        raise CannotGoOn(
            "The database cannot be used ({detail}).\n"
            "Is its disk full, or does another program hold it? Nothing is lost: try again when it is free. "
            "Otherwise leave out --database to keep classes in the folder classes, or name one that answers.",
            detail=str(error).splitlines()[0],
        ) from None
    finally:
        if store is not None:
            store.close()


_PARTS: dict[
    str, tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int], str]
] = {
    "open": (_add_open, open_class, "open a class: prints what learners type, and opens your page"),
    "list": (_add_list, list_classes, "the classes that are kept here"),
    "export": (_add_named, export_class, "write what a class did to files"),
    "close": (_add_named, close_class, "export a class, then delete it here"),
}
