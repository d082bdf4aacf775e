"""Every text that a page shows is a text: a title, a note or a name with HTML in it stays what it says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from course.practice import lesson as texts_of
from course.practice.texts import LessonText, Misconception
from course.publish.kit import TaughtLesson, agenda, build, lessons, slides, timings
from tests.publish.hostile import EVIL, Reader, spoilt_lesson

NAME = "after_the_response"


def spoilt(value: Any, key: str = "") -> Any:
    """The content with the text in every field that holds words, not in ids and kinds."""
    if isinstance(value, dict):
        return {name: spoilt(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [spoilt(each, key) for each in value]
    ids = ("misconception", "promise", "kind", "cure", "retrieves", "warm_up")
    return value + EVIL if isinstance(value, str) and key not in ids else value


@pytest.fixture
def content(monkeypatch: pytest.MonkeyPatch) -> LessonText:
    """The texts of a lesson, all of them hostile, and what the pages look up by an id."""
    real = texts_of(NAME)
    text = LessonText.model_validate(spoilt(json.loads(real.text.model_dump_json())))
    made = real.model_copy(update={"text": text})
    monkeypatch.setattr(slides, "texts_of", lambda _: made)
    idea = Misconception.model_validate({"belief": EVIL, "cure": "evil"})
    monkeypatch.setattr(lessons, "misconception_text", lambda _: (made, idea))
    monkeypatch.setattr(build, "every_miss", lambda: {"engine.raised": EVIL})
    return text


@pytest.fixture
def lesson() -> TaughtLesson:
    """A lesson's notebook with the text wherever there is one."""
    return spoilt_lesson("01_after_the_response.ipynb")


def headings(lesson: TaughtLesson) -> dict[str, dict[str, str]]:
    return {NAME: {**lesson.headings, "evil": EVIL}}


def page_of(kind: str, lesson: TaughtLesson, content: LessonText) -> str:
    if kind == "answers":
        return build.answer_key([lesson], {NAME: content}, headings(lesson))
    if kind == "handout":
        return build.handout([lesson])
    if kind == "index":
        return build.index([lesson], agenda=True)
    if kind == "slides":
        return slides.to_html_page(lesson)
    if kind == "agenda":
        return agenda.to_html(agenda.plan([lesson], [10, 20], [5]))
    row = timings.Row(EVIL, EVIL, 30, (5,))
    return timings.to_svg(timings.Timings((), (row,), (timings.SeenIdea("x", EVIL, EVIL, 1),), (EVIL,)))


KINDS = ("answers", "handout", "index", "slides", "agenda", "timings")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_is_written_runs(kind: str, lesson: TaughtLesson, content: LessonText) -> None:
    html = page_of(kind, lesson, content)
    assert Reader(html).runs == []
    assert "&lt;script&gt;evil()" in html, "it is shown as it is written"


def test_the_reader_finds_what_would_run() -> None:
    assert len(Reader(f"<p>{EVIL}<a href='javascript:evil()'>x</a>").runs) == 4
