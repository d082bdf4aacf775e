"""From which code a picture comes; what follows from it for refresh is in test_refresh.py."""

from __future__ import annotations

import pytest

from course.notebook import code_cells, course_metadata, read
from course.paths import NOTEBOOKS
from course.publish._origin import has_picture, origin, statements


def cells(*sources: str) -> list[dict[str, object]]:
    return [{"cell_type": "code", "source": source} for source in sources]


def matters(above: str, changed: str, last: str) -> bool:
    """Whether the last cell comes from another code once ``above`` is ``changed``."""
    return origin(cells(above, last), 1) != origin(cells(changed, last), 1)


@pytest.mark.parametrize(
    ("above", "changed", "last", "expected"),
    [
        ("a = 1", "a = 2", "a", True),
        ("a = 1", "a = 2", "b", False),
        ("a = 1\nb = 1", "a = 1\nb = 2", "a", False),
        ("a = 1  # why", "a = 1  # because", "a", True),
        ("# why\na = 1", "# because\na = 1", "a", False),
        ("a = 1\nb = a", "a = 2\nb = a", "b", True),
        ("a = 1\na = 3", "a = 2\na = 3", "a", False),
        ("a = 1\na += 3", "a = 2\na += 3", "a", True),
        ("a = 1\na = a + 3", "a = 2\na = a + 3", "a", True),
        ("from x import a, b", "from x import a", "a", False),
        ("from x import a", "from y import a", "a", True),
        ("import x.y", "import x.z", "x.y", True),
        ("def f():\n    return 1", "def f():\n    return 2", "f()", True),
        ("n = 1\ndef f():\n    return n", "n = 2\ndef f():\n    return n", "f()", True),
        ("def f():\n    return n\nn = 1", "def f():\n    return n\nn = 2", "f()", True),
        ("n = 1\ndef f(n):\n    return n", "n = 2\ndef f(n):\n    return n", "f(3)", False),
        ("n = 1\ndef f(x=n):\n    return x", "n = 2\ndef f(x=n):\n    return x", "f()", True),
        ("n = 1\nf = lambda: n", "n = 2\nf = lambda: n", "f()", True),
        ("n = 1\nclass A:\n    x = n", "n = 2\nclass A:\n    x = n", "A.x", True),
        ("a = []\na.append(1)", "a = []\na.append(2)", "a", True),
        ("a = {}\na['b'] = 1", "a = {}\na['b'] = 2", "a", True),
        ("a = A()\na.b.c = 1", "a = A()\na.b.c = 2", "a", True),
        ("@app.get('/')\ndef f(): 1", "@app.get('/')\ndef f(): 2", "serve(app)", True),
        ("@app.get('/')\ndef f(): 1", "@app.get('/b')\ndef f(): 1", "serve(app)", True),
        ("show(a)", "show(a, 2)", "a", False),
        ("str(a).strip()", "str(a).rstrip()", "str(1)", False),
        ("x = 1\n[x for x in y]", "x = 2\n[x for x in y]", "[x for x in z]", False),
        ("with f() as s:\n    s.a()", "with f() as s:\n    s.b()", "with g() as s:\n    s.a()\ns", False),
        ("if a:\n    b = 1", "if a:\n    b = 2", "b", True),
        ("try:\n    a = 1\nexcept E as e:\n    1", "try:\n    a = 2\nexcept E as e:\n    1", "a", True),
        ("a = 1", "a = 2", "await a", True),
        ("%magic", "%another", "a", False),
    ],
)
def test_what_a_cell_comes_from(above: str, changed: str, last: str, expected: bool) -> None:
    assert matters(above, changed, last) is expected


def test_the_names_of_a_statement() -> None:
    (found,) = statements("for a, (b, *c) in d:\n    e = f(a)")
    assert (found.binds, found.now) == ({"a", "b", "c", "e"}, {"d", "f"})


def test_every_picture_of_the_lessons_says_where_it_is_from() -> None:
    """Computed on each Python that runs this test, stored by one: the digest is the same on all."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        found = code_cells(read(path))
        for position, cell in enumerate(found):
            expected = origin(found, position) if has_picture(cell) else None
            assert course_metadata(cell).get("drawn") == expected, f"{path.name}, cell {cell.id}"
