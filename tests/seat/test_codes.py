"""Codes that are read out, typed and mistyped."""

from __future__ import annotations

import itertools
import sys

import pytest

from course.seat import MistypedCode, Report, _checks, _codes, decode, encode
from course.seat._codes import ALPHABET, CHECKS


def test_a_code_says_what_was_put_in() -> None:
    every_set = itertools.chain.from_iterable(
        itertools.combinations(CHECKS, size) for size in range(len(CHECKS) + 1)
    )
    for failed, minor in zip(every_set, itertools.cycle(range(8, 32))):
        seat = decode(encode(failed, minor=minor, platform="linux"))
        assert (seat.failed, seat.python) == (failed, f"3.{minor}")


@pytest.mark.parametrize(
    ("platform", "system"),
    [("linux", "Linux"), ("darwin", "macOS"), ("win32", "Windows"), ("aix", "another system")],
)
def test_systems(platform: str, system: str) -> None:
    assert decode(encode((), minor=12, platform=platform)).system == system


def test_this_seat() -> None:
    assert str(decode(encode(["disk"]))).startswith(f"Python 3.{sys.version_info[1]}, ")


def test_every_check_has_its_bit_for_ever() -> None:
    assert {*_checks.CHECKS, "environment"} <= set(CHECKS)
    assert encode(["kernel", "clock"], minor=12, platform="linux") == PINNED
    assert len(CHECKS) <= _codes._FAILED


PINNED = "2B000-829AJ"
"""A code that was given out must be read by every later course: this line does not change."""


def test_any_wrong_character_is_noticed() -> None:
    code = encode(["proxy"], minor=11, platform="win32")
    for place, right in enumerate(code):
        for wrong in ALPHABET:
            if wrong != right != "-":
                with pytest.raises(MistypedCode):
                    decode(code[:place] + wrong + code[place + 1 :])


def test_neighbours_that_are_swapped_are_noticed() -> None:
    text = encode(["proxy", "write"], minor=13, platform="darwin").replace("-", "")
    swapped = {text[:i] + text[i + 1] + text[i] + text[i + 2 :] for i in range(len(text) - 1)} - {text}
    assert len(swapped) > 4
    for wrong in swapped:
        with pytest.raises(MistypedCode):
            decode(wrong)


@pytest.mark.parametrize("wrong", ["", "2B000", "2B000-829AJ2", "2B000-829A!", "ÄÄÄÄÄ-ÄÄÄÄÄ", "00000-00000"])
def test_what_is_no_code(wrong: str) -> None:
    with pytest.raises(MistypedCode):
        decode(wrong)


def test_it_may_be_typed_in_any_way() -> None:
    seat = decode(PINNED)
    assert decode(PINNED.lower()) == seat
    assert decode(PINNED.replace("-", " ")) == seat
    assert decode(PINNED.replace("-", "").replace("0", "O")) == seat


def test_a_report_has_the_code_of_its_failures() -> None:
    report = Report((_checks.Check("disk", False, "x", "y"), _checks.Check("port", True, "z")))
    assert decode(report.code).failed == ("disk",)
