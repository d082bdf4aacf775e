"""The dominoes: the same in text and in the picture, and honest about what may fall."""

from xml.etree import ElementTree

import pytest

from course.lessons.order_and_data.dominoes import dominoes

AFTER = {"a": [], "b": ["a"], "c": ["a", "b"], "far <away>": ["c"]}
CIRCLE = {"a": [], "b": ["a", "c"], "c": ["b"]}


def test_the_text_says_who_has_fallen_who_may_and_who_waits_for_whom() -> None:
    assert repr(dominoes(AFTER, ["a"])).splitlines() == [
        "fallen:  a",
        "ready:   b",
        "waiting: c (for b), far <away> (for c)",
    ]


def test_the_text_says_that_nothing_can_fall() -> None:
    assert "stuck" in repr(dominoes(CIRCLE, ["a"]))


@pytest.mark.parametrize(
    ("graph", "fallen"), [(AFTER, []), (AFTER, ["a", "b"]), (AFTER, [*AFTER]), (CIRCLE, ["a"])]
)
def test_the_picture_is_well_formed_and_carries_the_text(
    graph: dict[str, list[str]], fallen: list[str]
) -> None:
    shown = dominoes(graph, fallen)
    root = ElementTree.fromstring(shown.svg())
    texts = {child.tag.rpartition("}")[2]: child.text for child in root}
    assert texts["desc"] == repr(shown)
    assert root.get("role") == "img"
    assert len(root.findall(".//{*}g[@class]/..")) >= 1
    assert shown.svg() == dominoes(graph, fallen).svg()


def test_each_domino_has_as_many_pips_as_it_waits_for() -> None:
    shown = dominoes({"join": list("abcdef"), **{name: [] for name in "abcdef"}}, ["a", "b"])
    assert shown.svg().count("<circle") == 4


@pytest.mark.parametrize(("fallen", "says"), [(["b"], "waits for a"), (["nobody"], "nobody")])
def test_a_domino_that_cannot_fall_is_refused(fallen: list[str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        dominoes(AFTER, fallen)


def test_what_failed_and_what_is_behind_it() -> None:
    after = {"load": [], "invoice": ["load"], "mail": ["invoice"], "archive": ["mail"], "stock": ["load"]}
    picture = dominoes(after, ["load", "stock"], ["invoice"])
    assert repr(picture).splitlines() == [
        "fallen:  load, stock",
        "failed:  invoice",
        "skipped: mail, archive",
    ]
    svg = picture.svg()
    assert svg.count('class="domino failed"') == 1
    assert svg.count('class="domino skipped"') == 2
    with pytest.raises(ValueError, match="no domino called 'invoic'"):
        dominoes(after, ["load"], ["invoic"])
