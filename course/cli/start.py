"""Set the course up, copy the lessons to the workspace and open JupyterLab on the first one.

The first time takes about a quarter of a minute and the internet; afterwards it starts at once. What you
write in the workspace is yours: it is never overwritten.
"""

from __future__ import annotations

import argparse

from course.words import ENGLISH, languages, nearest, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``start``."""
    parser.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    parser.add_argument(
        "--port",
        type=_port,
        metavar="N",
        help="listen on this port only (otherwise the first free one from 8888 on)",
    )
    parser.add_argument(
        "--wheelhouse",
        metavar="WHERE",
        help="install from this folder or address, which kit wheelhouse made, and use no internet",
    )
    parser.add_argument(
        "--join", metavar="WORDS", help="join a class with the words that the instructor shows"
    )
    parser.add_argument(
        "--language",
        dest="speak",
        type=_language,
        metavar="LANGUAGE",
        help="the language of this workspace, for example zh_CN (otherwise that of this machine)",
    )
    parser.add_argument("--no-lab", action="store_true", help="set up and copy the lessons only")


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return port


def _language(text: str) -> str:
    found = nearest(text)
    if not found:
        raise argparse.ArgumentTypeError(f"the course is there in {', '.join([ENGLISH, *languages()])}")
    return found


def run(args: argparse.Namespace) -> int:
    """Copy the lessons, then serve them until Ctrl-C."""
    from course.cli import _class_seat, _lab, _workspace

    _workspace.keep_language(args.speak)
    if not args.no_lab:
        listener = _lab.take_port(args.port)
    first = _workspace.copy_lessons(tell=print)
    if args.no_lab:
        print(say("Everything is set up. Start with: python3 -m course start"))
        return 0
    with listener:
        _class_seat.take_part(args.join)
        return _lab.serve(first, listener, browser=not args.no_browser)
