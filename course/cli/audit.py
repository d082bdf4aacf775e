"""Find what the notebook tests would not see: cells not compared, unstable outputs, missing parts."""

from __future__ import annotations

import argparse
from pathlib import Path

from course.paths import NOTEBOOKS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``audit``."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=NOTEBOOKS,
        help="where the notebooks are (default: the lessons)",
    )


def run(args: argparse.Namespace) -> int:
    """Print one line for each finding; the exit status is 1 if there is one."""
    from course.publish import audit_tree, translation

    findings = audit_tree(args.folder)
    if args.folder == NOTEBOOKS:
        findings += [*translation.audit(), *translation.audit_editions()]
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings in {len(list(args.folder.glob('*.ipynb')))} notebooks.")
    return 1 if findings else 0
