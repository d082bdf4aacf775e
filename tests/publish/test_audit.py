"""The small judgements of the audit; test_faults.py proves its rules one by one."""

from __future__ import annotations

import pytest

from course.publish import _audit


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("# A title\n\n| a | b |\n|---|---|\n| c d e | f |\n\nend of it", 5),
        ("```python\nnot read here\n```\none [two](http://example.com/not/read) <kbd>three</kbd>", 3),
        ("it's **one** *re-run* of `code_here`", 5),
        ("<!-- nothing -->", 0),
    ],
)
def test_words_are_what_is_read_in_a_row(markdown: str, words: int) -> None:
    assert _audit._words(markdown) == words


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("a = 1\n\n\nb = 2", 2),
        ("from course import (\n    serve,\n    check,\n)\n\nserve()", 1),
        ("def broken(:\n    pass", 2),
    ],
)
def test_lines_are_what_is_followed(code: str, lines: int) -> None:
    assert _audit._lines(code) == lines


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        ("1;", True),
        ("1;  # why", True),
        ("for a in b:\n    c(a);\n", True),
        ("text = ';'", False),
        ("a; b", False),
        ("1  # ;", False),
    ],
)
def test_a_semicolon_counts_at_the_end_only(code: str, ends: bool) -> None:
    assert _audit._ends_with_semicolon(code) is ends


def test_a_percent_sign_in_a_text_is_no_magic() -> None:
    assert "%" not in _audit._outside_strings('x = """\n%timeit\n"""')
