"""Show which exercises and questions you have done, lesson by lesson. Nothing leaves this machine."""

from __future__ import annotations

import argparse
import importlib


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """``progress`` has no option."""


def run(_: argparse.Namespace) -> int:
    """Print what the journal in the workspace holds."""
    progress = importlib.import_module("course.practice").progress

    print(progress())
    return 0
