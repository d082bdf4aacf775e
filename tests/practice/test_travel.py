"""A program does the same in its check as in the notebook; what cannot go there is named."""

import itertools
import json
import math
import os
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from course.paths import ROOT
from course.practice import _travel
from tests.practice.travellers import PROGRAMS, STAY

LESSONS = Path(__file__).parent / "lessons"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str | None, str, str]]:
    """Of each program: the state, the miss and the message of its check, and what it did in the notebook."""
    folder = tmp_path_factory.mktemp("notebook")
    path = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
    env = os.environ | {"PYTHONPATH": path, "COURSE_WORKSPACE": str(folder), "IPYTHONDIR": str(folder)}
    command = [sys.executable, "-m", "tests.practice.notebook", str(LESSONS)]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    found: dict[str, tuple[str, str | None, str, str]] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_does_the_same_there(name: str, answers: dict[str, tuple[str, str | None, str, str]]) -> None:
    state, _, message, here = answers[name]
    assert state == "passed", message
    assert f"ran for `{here}`" in message


@pytest.mark.parametrize("name", STAY)
def test_what_cannot_go_there_is_named(
    name: str, answers: dict[str, tuple[str, str | None, str, str]]
) -> None:
    state, miss, message, _ = answers[name]
    assert (state, miss) == ("not yet", "engine.cannot-travel")
    assert f"{name.split(', ')[1]} cannot be sent there. " in message
    assert "Make it inside of the function" in message or "Write it into a file" in message


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="only its text tells where it stands")
def test_a_counter_of_any_number_travels_from_where_it_stands() -> None:
    for start in (Decimal("0.5"), Fraction(1, 2), math.inf, 5, 0.5):
        numbers = itertools.count(start)
        next(numbers)
        there = _travel.unpack(_travel.pack({}, numbers=numbers))
        assert next(there["numbers"]) == start + 1


def test_an_outcome_names_exceptions_that_are_broken() -> None:
    class Broken(Exception):
        def __reduce__(self) -> str:
            raise TypeError

        def __str__(self) -> str:
            raise ValueError

    import pickle

    (error,) = pickle.loads(_travel.pack_outcome([Broken()]))
    assert type(error).__name__ == "Broken"
    assert isinstance(error, _travel.Stranger)
    assert str(error) == "its text cannot be shown"


def test_what_is_taken_along_is_what_is_used() -> None:
    names = {"used": b"u" * 1000, "unused": b"n" * 10**6, "broken": (n for n in ())}
    exec("def build():\n    return used", names)
    assert len(_travel.pack({"build": names["build"]})) < 10_000


def test_nobody_is_warned_of_an_iterator() -> None:
    """Python warns while it pickles one, which a learner would read above every verdict."""
    names = {"days": itertools.cycle("ab")}
    exec("def build():\n    return next(days)", names)
    if sys.version_info < (3, 14):
        _travel.pack({"build": names["build"]})
    else:
        with pytest.raises(_travel.CannotTravel, match="days"):
            _travel.pack({"build": names["build"]})
