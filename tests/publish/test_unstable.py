from __future__ import annotations

import pytest

from course.publish._unstable import find_unstable, without_paths


@pytest.mark.parametrize(
    "text",
    [
        "GET /users/1/orders",
        "POST /home HTTP/1.1",
        "see https://example.com/usr/bin/thing",
        "took 0.25 s, limit 10:30",
        "ada@example.com",
        "AnyIO worker thread",
        "0x10 and 16 of 255",
        "order 20261121 is 3 of 4",
        "send_welcome_email#1",
        "from starlette.background import BackgroundTask",
        "deadbeef",
        "a/b and c/d/e",
        "1/2 of 3/4",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert [kind.rule for kind, _ in find_unstable(text)] == []
    assert without_paths(text) == text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("in /tmp/ipykernel_4711/1234.py", "absolute-path"),
        ("File '/usr/lib/python3.11/x.py'", "absolute-path"),
        ("~/.venv/lib/x.py", "absolute-path"),
        (r"D:\course\x.py", "absolute-path"),
        ("<A object at 0x7f00deadbeef>", "memory-address"),
        ("ipykernel_4711", "random-id"),
        ("Thread-12 is waiting", "counted-name"),
        ("http://localhost:8000/", "port"),
        ("Date: 21 Nov 2026", "date"),
        ("Nov 21, 2026", "date"),
    ],
)
def test_what_differs_is_found(text: str, rule: str) -> None:
    assert rule in [kind.rule for kind, _ in find_unstable(text)]
