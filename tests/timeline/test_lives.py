"""Two lives of one piece of work: the text is the same at every run, and the picture says the same."""

import re
import xml.etree.ElementTree as ET

import pytest

from course.timeline import Life, Lives
from course.timeline.plan import EDGE, text_width
from course.words import width

SVG = "{http://www.w3.org/2000/svg}"
SPEED = [1.0, 0.01, 300.0]


def two_lives(speed: float = 1.0, *, swapped: bool = False) -> Lives:
    """The first life is killed in `clean`; with `swapped`, `stats` begins before it."""

    def at(t: float, line: str) -> tuple[float, str]:
        return 100 + speed * t, line

    racing = [at(3, "clean: started"), at(3.1, "stats: started")]
    if swapped:
        racing = [at(3, "stats: started"), at(3.1, "clean: started")]
    first = [at(0.5, "INFO: Started server process [1]"), at(1, "extract: started"), at(2, "extract: done")]
    second = [at(20, "clean: started"), at(21, "clean: done"), at(22, "report: started")]
    return Lives(
        Life(100, (*first, *racing, at(4, "stats: done")), killed=100 + speed * 6),
        Life(100 + speed * 7, (*second, at(23, "report: done"))),
    )


TEXT = """\
first process
  extract: done
  stats: done
  clean: begun, not done
kill -9
second process
  clean: begun again, done
  report: done
  not run again: extract, stats"""


@pytest.mark.parametrize("speed", SPEED)
@pytest.mark.parametrize("swapped", [False, True])
def test_the_text_does_not_depend_on_speed_or_on_a_race(speed: float, swapped: bool) -> None:
    assert str(two_lives(speed, swapped=swapped)) == TEXT
    assert two_lives()._repr_mimebundle_()["text/plain"] == TEXT


@pytest.mark.parametrize("speed", SPEED)
def test_the_picture_is_described_and_has_both_lives_with_the_kill_between_them(speed: float) -> None:
    root = ET.fromstring(two_lives(speed).svg())
    assert (root.get("class"), root.get("role")) == ("timed", "img")
    assert (root[1].text or "").split("; ") == [line.strip() for line in TEXT.splitlines()]
    said = [each.text for each in root.iter(f"{SVG}text")]
    assert {"first process", "second process", "kill -9", "not run again: extract, stats"} <= set(said)
    bars = {
        (group.findtext(f"{SVG}title") or ""): rect
        for group in root.iter(f"{SVG}g")
        if (rect := group.find(f"{SVG}rect")) is not None
    }
    kill = next(p for p in root.iter(f"{SVG}path") if p.get("class") == "release bad")
    x = float(re.findall(r"[\d.]+", kill.get("d") or "")[0])
    assert end(bars["extract: done"]) < end(bars["clean: begun, not done"]) == pytest.approx(x, abs=0.2)
    assert start(bars["clean: begun again, done"]) > x
    assert bars["clean: begun, not done"].get("class") == "failed"
    assert len([p for p in root.iter(f"{SVG}path") if p.get("class") == "cross"]) == 1


@pytest.mark.parametrize("speed", SPEED)
def test_no_label_leaves_the_picture(speed: float) -> None:
    for each in ET.fromstring(two_lives(speed).svg()).iter(f"{SVG}text"):
        x, width = float(each.get("x") or 0), text_width(each.text or "")
        left = {"end": x - width, "middle": x - width / 2}.get(each.get("text-anchor") or "", x)
        assert each.get("class") == "key" or (left >= 0 and left + width <= EDGE + 10), each.text


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_legend_has_room_for_its_words(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_LANGUAGE", language)
    parts = list(ET.fromstring(two_lives(1.0).svg()).iter())
    words = [each for each in parts if each.tag == f"{SVG}text" and each.get("class") == "key"]
    bars = [start(parts[parts.index(each) - 1]) for each in words]
    assert len(words) == 3
    for each, following in zip(words, bars[1:], strict=False):
        assert float(each.get("x") or 0) + width(each.text or "") * 6 < following, each.text


def test_a_life_may_have_nothing_to_show() -> None:
    empty = Lives(Life(0, ()), Life(1, ((2, "a: started"),)), Life(3, ((4, "a: started"), (5, "a: done"))))
    assert str(empty).splitlines() == [
        "first process",
        "second process",
        "  a: begun, not done",
        "process 3",
        "  a: begun again, done",
    ]
    ET.fromstring(empty.svg())


def start(rect: ET.Element) -> float:
    return float(rect.get("x") or 0)


def end(rect: ET.Element) -> float:
    return start(rect) + float(rect.get("width") or 0)
