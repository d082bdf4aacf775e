"""Invented facts, to see what the engine makes of them."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from course.facts import Fact, _run, find

HEAD = "import ctypes, os, sys, threading, time\nfrom course.facts import Seen, fact\n"

Invent = Callable[[str], list[Fact]]

_numbers = itertools.count()

# One server that forks is at work for all tests of a process: it imports this before the first of them.
_run._PRELOADED += ["tests.facts.planted", *_run._modules("course.facts")]


@pytest.fixture
def invent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invent:
    """Makes a package with one module of facts, and finds them as the command does."""

    def make(text: str) -> list[Fact]:
        package = tmp_path / f"invented_{next(_numbers)}"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "theme.py").write_text(HEAD + textwrap.dedent(text), encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        return find(package.name)

    return make
