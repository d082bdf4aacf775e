"""Run notebooks again and store what comes out, in normal form. Running it twice changes nothing."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from course.cli import _lab
from course.paths import NOTEBOOKS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``refresh``."""
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks or folders (default: all lessons)")
    parser.add_argument(
        "--redraw",
        action="store_true",
        help="take the new pictures, and count the cells anew, even if no code has changed",
    )
    parser.add_argument(
        "--language",
        metavar="LANGUAGE",
        help="make their editions in this language, in a folder beside them, and run those",
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; the exit status is 1 if something would"
    )


def run(args: argparse.Namespace) -> int:
    """Refresh each notebook, go on after one that cannot be refreshed, and say what changed."""
    from course.publish import RefreshError, notebooks_in, refresh, translation

    _lab.reach_loopback_directly(os.environ)
    changed = failed = 0
    try:
        notebooks = list(notebooks_in(args.paths or [NOTEBOOKS]))
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    for path in notebooks:
        try:
            if args.language:
                done = translation.refresh_edition(
                    path, args.language, redraw=args.redraw, dry_run=args.check
                )
            else:
                done = refresh(path, redraw=args.redraw, dry_run=args.check)
        except RefreshError as error:
            failed += 1
            print(error, file=sys.stderr)
            continue
        changed += done.changed
        print(f"{'changed' if done.changed else 'same':<8}{path.name} ({done.cells} code cells)")
        if done.named:
            print(f"        new cells are called {', '.join(done.named)}")
    return 1 if failed or (args.check and changed) else 0
