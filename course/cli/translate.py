"""Bring the catalogues of a language up to date with the English texts, and say how far they are.

A text that is new has no translation yet; one that has changed keeps its old one, marked as fuzzy, until a
translator has looked at it. Both are shown in English meanwhile. docs/translating.md says how to translate.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from course.cli._failures import CannotGoOn
from course.words import languages, table

if TYPE_CHECKING:
    from course.publish.translation import State


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of ``translate``."""
    parser.add_argument("language", nargs="?", help="for example zh_CN (default: every language)")
    parser.add_argument("--check", action="store_true", help="change nothing")
    parser.add_argument(
        "--complete",
        action="store_true",
        help="the exit status is 1 if a text is not translated, or marked as fuzzy",
    )


def run(args: argparse.Namespace) -> int:
    """Update, count and check; the exit status is 1 if a translation does not fit its English text."""
    from course.publish import translation

    chosen = [args.language] if args.language else languages()
    _refuse_unknown(chosen)
    findings, left = [], 0
    found = translation.templates()
    for language in chosen:
        try:
            if not args.check:
                translation.bring_up_to_date(language, found)
            states = [translation.state(language, name) for name in found]
        except translation.BrokenCatalogue as error:
            raise CannotGoOn(
                "{path} is not a catalogue: {error}.\nCorrect the line, then run this again.",
                path=error.path,
                error=error,
            ) from None
        left += sum(state.missing + state.fuzzy for state in states)
        findings += translation.audit(language, found)
        print(_report(language, states))
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings in {len(chosen)} languages.")
    return 1 if findings or (args.complete and left) else 0


def _refuse_unknown(chosen: list[str]) -> None:
    for language in chosen:
        if language not in languages():
            raise CannotGoOn(
                "There are no catalogues for {language!r}.\n"
                "Make them with: python3 -m course new language {language}",
                language=language,
                status=2,
            )


def _report(language: str, states: list[State]) -> str:
    rows = [
        [each.name, *map(str, (each.units, each.translated, each.fuzzy, each.missing))] for each in states
    ]
    sums = [sum(int(row[column]) for row in rows) for column in range(1, 5)]
    heads = [language, "units", "translated", "fuzzy", "missing"]
    return table([*rows, ["all", *map(str, sums)]], heads, right=range(1, 5))
