"""A class in the browser: an instructor's page, a projector, and learners who send from their outboxes."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from course.cli.test import BROWSER

if not os.environ.get(BROWSER):
    pytest.skip("only with --browser", allow_module_level=True)

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pydantic import BaseModel

from course.classroom.names import clean
from course.classroom.room import Idea
from course.paths import LESSONS
from course.practice import lessons
from course.practice.exercise_file import source_of
from course.practice.texts import misconception_text, notebook_of
from tests.browser.conftest import PATIENCE, Desk, Notebook, running_lab
from tests.browser.room import Room
from tests.classroom.conftest import HOSTILE
from tests.publish.hostile import EVIL

pytestmark = pytest.mark.long

LESSON = next(each for each in lessons() if len(each.text.exercises) > 2)
EXERCISE = next(iter(LESSON.text.exercises))
MISS = next(id for id, miss in LESSON.text.exercises[EXERCISE].misses.items() if miss.misconception)
PREDICTION, QUESTION = next(
    (id, question) for id, question in LESSON.text.questions.items() if question.kind == "prediction"
)
FIRST = notebook_of("after_the_response")
assert FIRST is not None
CONTENT = LESSONS / "after_the_response"
BAD = ("serious", "critical")


def _accessible(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page).response["violations"]
        assert [each["id"] for each in found if each["impact"] in BAD] == [], scheme


def test_the_stuck_one_is_found_and_helped(room: Room, instructor: Page, pictures: Path) -> None:
    ada, bob, eve = room.learner("Ada"), room.learner("<img src=x onerror=alert(1)>"), room.learner("Eve")
    for learner in (ada, bob):
        learner.checks(EXERCISE, "passed")
        learner.journal.add("prediction", PREDICTION, chosen=[min(QUESTION.right)], right=True)
        learner.send()
    eve.checks(EXERCISE, "not yet", MISS)
    eve.checks(EXERCISE, "not yet", MISS)
    stuck = instructor.locator("#b-stuck li")
    expect(stuck).to_have_count(1)
    expect(stuck).to_contain_text("Eve")
    belief = misconception_text(str(LESSON.text.exercises[EXERCISE].misses[MISS].misconception))
    assert belief is not None
    expect(stuck.locator(".belief")).to_have_text(re.sub("[`*]", "", belief[1].belief))
    expect(instructor.locator("tbody tr")).to_have_count(3)
    assert instructor.locator("img").count() == 0

    eve.raises_hand()
    come = instructor.get_by_role("button", name="I am coming")
    come.focus()
    instructor.keyboard.press("Enter")
    expect(instructor.locator("#b-hands")).to_contain_text("you are coming")
    assert eve.hand == "coming"
    assert instructor.evaluate("document.activeElement.closest('#b-hands') !== null"), "the focus stays"
    instructor.get_by_role("button", name="Done").click()
    expect(instructor.locator("#b-hands")).to_contain_text("No hand is up")
    assert eve.hand == "down"

    projector = instructor.context.new_page()
    projector.goto(f"{room.base}board/projector")
    expect(projector.locator("#p-polls")).to_contain_text("Answers: 2")
    assert projector.locator("meter").count() == len(LESSON.text.exercises)
    instructor.get_by_role("button", name="Reveal").click()
    expect(projector.locator("#p-polls .right")).to_have_count(len(QUESTION.right))
    assert "Eve" not in projector.content()

    instructor.get_by_role("button", name="Start the timer").click()
    expect(projector.locator(".clock")).to_have_text(re.compile(r"[45]:\d\d"))
    for page, name in ((instructor, "class"), (projector, "projector")):
        page.set_viewport_size({"width": 1280, "height": 720})
        page.screenshot(path=pictures / f"{name}.png", full_page=True)
        _accessible(page)
    instructor.set_viewport_size({"width": 390, "height": 844})
    instructor.screenshot(path=pictures / "class_phone.png", full_page=True)
    assert instructor.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
        "a phone needs no scrolling"
    )
    eve.checks(EXERCISE, "passed")
    expect(instructor.locator("#b-stuck")).to_contain_text("Nobody is stuck")


NOT_TEXT = """() => [...document.querySelectorAll("*")].filter((element) =>
    element.matches("img, iframe, object, embed, base, b, style, script:not([src='../static/board.js'])")
    || [...element.attributes].some(({ name }) => name.startsWith("on") || name === "style")
    || (element.href && new URL(element.href).origin !== location.origin)
).map((element) => element.outerHTML)"""
"""What is on the page that nobody but a hostile name or text can have put there."""


def test_what_is_hostile_is_text(
    room: Room, instructor: Page, monkeypatch: pytest.MonkeyPatch, pictures: Path
) -> None:
    """Names of learners and of the class, and every text of the lesson."""
    room.live.room.lessons[LESSON.name] = LESSON.model_copy(update={"text": spoilt(LESSON.text)})
    monkeypatch.setattr("course.classroom.room.idea_of", lambda *_: Idea(EVIL, EVIL))
    room.live.found = replace(room.live.found, name=clean(EVIL))
    learners = [room.learner(name) for name in (EVIL, *HOSTILE)]
    for number, learner in enumerate(learners):
        learner.journal.add("prediction", PREDICTION, chosen=[min(QUESTION.right)], right=True)
        said = ("not yet", MISS) if number % 3 == 0 else ("passed", None)
        for _ in range(2):
            learner.checks(EXERCISE, *said)
        learner.raises_hand()
    expect(instructor.locator("#b-hands li")).to_have_count(len(learners))
    expect(instructor.locator("#b-stuck li")).to_have_count(len(learners[::3]))
    instructor.get_by_role("button", name="Reveal").click()
    expect(instructor.locator("#b-polls .right")).to_have_count(len(QUESTION.right))
    for _ in ("as it came piece by piece", "as a page that is loaded"):
        seats = [place.seat.name for place in room.live.room.places.values()]
        assert sorted(instructor.locator("tbody bdi").all_text_contents()) == sorted(seats)
        assert instructor.locator("#b-hands bdi").all_text_contents() == seats, "in the order of raising"
        assert set(instructor.locator("#b-stuck .belief").all_text_contents()) == {EVIL}
        assert EVIL in instructor.locator("#b-polls .right").first.inner_text()
        assert instructor.evaluate(NOT_TEXT) == []
        instructor.reload()
        expect(instructor.locator("#link")).to_have_text("live")
    projector = instructor.context.new_page()
    projector.goto(f"{room.base}board/projector")
    expect(projector.locator("h1")).to_have_text(clean(EVIL))
    expect(projector.locator("#p-polls h3")).to_have_text(EVIL)
    assert projector.evaluate(NOT_TEXT) == []
    for page, name in ((instructor, "class_hostile"), (projector, "projector_hostile")):
        page.set_viewport_size({"width": 390, "height": 844})
        page.screenshot(path=pictures / f"{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nobody widens a page"
    projector.goto(f"{room.base}#<img src=x onerror=alert(1)>")
    expect(projector.locator("#words")).to_contain_text('join("…@')
    assert projector.locator("img").count() == 0


def spoilt(part: Any) -> Any:
    """A part of a lesson with the same text in all places of its texts."""
    if isinstance(part, dict):
        return {key: spoilt(value) for key, value in part.items()}
    if isinstance(part, BaseModel):
        texts = ("title", "ask", "text", "why", "belief", "says", "passed")
        changed = {
            name: EVIL if name in texts and isinstance(value, str) else spoilt(value) for name, value in part
        }
        return part.model_copy(update=changed)
    return part


@pytest.mark.thorough
def test_three_learners_in_jupyterlab_and_their_instructor(
    room: Room, instructor: Page, browser: Any, tmp_path: Path, pictures: Path
) -> None:
    with contextlib.ExitStack() as stack:
        ada, bob, eve = (
            stack.enter_context(_seat(browser, tmp_path / name)) for name in ("Ada", "Bob", "Eve")
        )
        words = f"{room.live.found.code}@{room.base}"
        for notebook, name in ((ada, "Ada"), (bob, "Bob"), (eve, "Eve")):
            notebook.run_in("imports", f'from course import *; join("{words}", "{name}")')
        expect(instructor.locator("tbody th")).to_have_text(["Ada", "Bob", "Eve"])

        for notebook, letter in ((ada, "a"), (bob, "b")):
            notebook.run_in("imports", f"answer({PREDICTION!r}, {letter!r})")
        expect(instructor.locator("#b-polls")).to_contain_text("Answers: 2")
        assert instructor.locator("#b-polls meter").count() == 0, "nobody sees how they are spread"
        instructor.get_by_role("button", name="Reveal").click()
        expect(instructor.locator("#b-polls .right")).to_have_count(len(QUESTION.right))

        before = [eve.text(cell) for cell in ("imports", "mailer")]
        wrong = source_of(CONTENT, "after.welcome", "wrong_inline")
        for notebook, program in (
            (ada, source_of(CONTENT, "after.welcome", "right_reference")),
            (eve, wrong),
        ):
            source = "\n".join([*before, program, eve.text("welcome-check")])
            for _ in range(2):
                notebook.run_in("imports", source)
        stuck = instructor.locator("#b-stuck li")
        expect(stuck).to_have_count(1)
        expect(stuck).to_contain_text("Eve")
        belief = misconception_text("after.client-waits")
        assert belief is not None
        expect(stuck.locator(".belief")).to_have_text(re.sub("[`*]", "", belief[1].belief))

        line = eve.run_in("imports", "raise_hand()").locator("[role=status]")
        expect(line).to_contain_text("your hand is up")
        instructor.get_by_role("button", name="I am coming").click()
        expect(line).to_contain_text("your instructor is coming")
        instructor.screenshot(path=pictures / "class_of_three.png", full_page=True)


@contextlib.contextmanager
def _seat(browser: Any, folder: Path) -> Iterator[Notebook]:
    """A learner with lesson 01 open in a JupyterLab of their own."""
    folder.mkdir()
    with running_lab(folder) as lab:
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        context.set_default_timeout(PATIENCE)
        notebook = Notebook(Desk(context.new_page(), lab.address), lab, FIRST.name)
        yield notebook
        assert notebook.abroad == []
        context.close()
