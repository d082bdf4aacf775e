"""Texts in lines: words and code stay whole, and Chinese has no spaces to break at."""

import pytest

from course.practice.markup import to_text
from course.words import width

CHINESE = (
    "每个服务，包括 `release`，都可能连续抛出 `ConnectionError`，最多三次，**干完活之后**才抛出也有可能。" * 4
)


@pytest.mark.parametrize("indent", ["", "    "])
@pytest.mark.parametrize(
    "text",
    [
        CHINESE,
        "“不”也是答复（第 07 课）。" * 20,
        "A refusal is an answer, and `no code is broken` here. " * 9,
    ],
)
def test_no_line_is_longer_than_a_page_is_wide(text: str, indent: str) -> None:
    lines = to_text(text, indent).splitlines()
    assert len(lines) > 2
    assert all(line.startswith(indent) for line in lines)
    assert max(map(width, lines)) <= 92
    assert "".join("".join(lines).split()) == "".join(text.split()), "nothing is lost"


def test_chinese_fills_its_lines_and_keeps_its_punctuation() -> None:
    lines = to_text(CHINESE).splitlines()
    assert min(map(width, lines[:-1])) > 70
    assert not [line for line in lines if line[0] in "，。、；：？！）”*" or line[-1] in "（“"]
    assert not [line for line in lines if line.count("`") % 2]
