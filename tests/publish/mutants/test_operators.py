"""What a mutant is: one small change of a program, and nothing that a check could not see."""

import ast

import pytest

from course.publish.mutants import changes


def texts(source: str) -> list[str]:
    return [change.source for change in changes(source)]


@pytest.mark.parametrize(
    ("source", "mutant"),
    [
        ("ok = a < b\n", "ok = a <= b\n"),
        ("ok = a == b\n", "ok = a != b\n"),
        ("ok = a in b\n", "ok = a not in b\n"),
        ("ok = a and b\n", "ok = a or b\n"),
        ("ok = a and b\n", "ok = b\n"),
        ("ok = not a\n", "ok = a\n"),
        ("ok = True\n", "ok = False\n"),
        ("limit = 3\n", "limit = 4\n"),
        ("limit = 0\n", "limit = (-1)\n"),
        ("rest = 0.5\n", "rest = 0.25\n"),
        ("name = 'ada'\n", "name = 'adax'\n"),
        ("n = a + b\n", "n = a - b\n"),
        ("n = max(a)\n", "n = min(a)\n"),
        ("n = sorted(a)\n", "n = list(a)\n"),
        ("n = q.pop(0)\n", "n = q.pop()\n"),
        ("n = f(a, b=1)\n", "n = f(a)\n"),
        ("n = [a for a in b if a]\n", "n = [a for a in b]\n"),
        ("n = {'a': 1, 'b': 2}\n", "n = {'a': 1}\n"),
        ("n = a if b else c\n", "n = c\n"),
        ("n += 1\n", "pass\n"),
        ("self.n = 1\n", "pass\n"),
        ("f()\n", "pass\n"),
        ("if a:\n    f()\n", "if not a:\n    f()\n"),
        ("if a:\n    f()\n", "pass\n"),
        ("if a:\n    f()\n", "f()\n"),
        ("for a in b:\n    f(a)\n", "for a in reversed(list(b)):\n    f(a)\n"),
        ("for a in b:\n    break\n", "for a in b:\n    continue\n"),
        ("with lock:\n    f()\n", "f()\n"),
        ("try:\n    f()\nexcept OSError:\n    g()\n", "f()\n"),
        ("try:\n    f()\nexcept OSError:\n    g()\n", "try:\n    f()\nexcept Exception:\n    g()\n"),
        ("try:\n    f()\nexcept OSError:\n    g()\n", "try:\n    f()\nexcept OSError:\n    pass\n"),
        ("try:\n    f()\nfinally:\n    g()\n", "try:\n    f()\nfinally:\n    pass\n"),
        ("raise OSError('gone')\n", "raise Exception('gone')\n"),
        ("raise OSError('gone')\n", "pass\n"),
        ("def f():\n    return a\n", "def f():\n    return None\n"),
        ("async def f():\n    await g()\n", "async def f():\n    g()\n"),
        ("@app.get('/')\ndef f(): ...\n", "def f(): ...\n"),
    ],
)
def test_the_mistakes_that_are_made(source: str, mutant: str) -> None:
    assert mutant in texts(source)


@pytest.mark.parametrize(
    "source",
    ["import asyncio\n", "a: Annotated[int, Field(gt=0)]\n", '"""What it does."""\n', "name = a\n"],
)
def test_what_a_check_cannot_see_stays(source: str) -> None:
    assert texts(source) == []


def test_the_words_of_an_error_stay() -> None:
    assert not [text for text in texts("raise OSError('gone')\n") if "gonex" in text]


def test_each_is_another_program_and_the_rest_of_the_text_stays() -> None:
    source = "def f(a):  # why\n    if a  >  1:\n        return [ a,\n                 2 ]\n    return None\n"
    found = list(changes(source))
    assert len({ast.dump(ast.parse(change.source)) for change in found}) == len(found) > 5
    assert all(change.source.startswith("def f(a):  # why\n") for change in found)


def test_a_change_is_shown_in_its_line() -> None:
    change = next(
        change
        for change in changes("a = 1\n\nif a:\n    b = [\n        2,\n    ]\n")
        if "3," in change.source
    )
    assert (change.line, change.was, change.now) == (5, "2,", "3,")
