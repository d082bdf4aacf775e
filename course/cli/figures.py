"""Measure what the course promises: set-up, start, tests and memory."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``figures``."""


def run(_: argparse.Namespace) -> int:
    """Measure and print."""
    return 0
