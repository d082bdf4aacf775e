import pytest

from course.publish.translation import has_words, units, with_units


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("# 01 · A title\n\nSome *words*, and `code`.", ["01 · A title", "Some *words*, and `code`."]),
        ("- one thing;\n- another.\n  - below it", ["one thing;", "another.", "below it"]),
        ("1. first\n2. second", ["first", "second"]),
        ("> Quoted words.", ["Quoted words."]),
        ("Before.\n\n```python\nnot_this = 1  # nor this\n```\n\nAfter.", ["Before.", "After."]),
        ("$$\nx = words\n$$\n", []),
        ("    indented code", []),
        ("`only_code` [](#cell-id=x)", []),
        (
            "| the work | write |\n|---|---|\n| it waits | `await it` |\n| it waits | a `def` |",
            ["the work", "write", "it waits", "it waits", "a `def`"],
        ),
        (
            "<details><summary>What happened, and why</summary>\n\nIt ran.\n\n</details>",
            ["What happened, and why", "It ran."],
        ),
        (
            "```mermaid\nflowchart LR\n  a --> b\n"
            '  E[its end] -- "one step" --> O[(orders)] & X\n  R -- send --> X\n```',
            ["its end", "one step", "orders", "send"],
        ),
        (
            "```mermaid\nstateDiagram-v2\n  [*] --> queued: at once\n  queued --> done\n```\n\nA word: send.",
            ["at once", "A word: send."],
        ),
        ("Press <kbd>Shift</kbd>.", ["Press <kbd>Shift</kbd>."]),
        ("the same\n\nthe same, and more", ["the same", "the same, and more"]),
    ],
)
def test_a_unit_is_what_markdown_reads_as_one_run_of_text(markdown: str, expected: list[str]) -> None:
    found = units(markdown)
    assert [unit.text for unit in found] == expected
    assert [markdown[unit.start : unit.end] for unit in found] == expected


def test_only_units_are_changed() -> None:
    markdown = (
        "# A title\n\n- an *item*\n\n```\na title\n```\n| a cell | `x` |\n|---|---|\n| a cell | a cell |\n"
    )
    assert with_units(markdown, str.upper) == (
        "# A TITLE\n\n- AN *ITEM*\n\n```\na title\n```\n| A CELL | `x` |\n|---|---|\n| A CELL | A CELL |\n"
    )
    assert with_units(markdown, lambda text: text) == markdown


@pytest.mark.parametrize("text", ["`x`", "42", "[](a.ipynb)", "<br>", "**1**"])
def test_what_is_no_word_needs_no_translation(text: str) -> None:
    assert not has_words(text)
