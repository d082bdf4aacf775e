"""A class in the browser: an instructor's page, a projector, and learners who send from their outboxes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from course.cli.test import BROWSER

if not os.environ.get(BROWSER):
    pytest.skip("only with --browser", allow_module_level=True)

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from course import serve
from course.classroom.board import Address, create_app
from course.classroom.live import Live
from course.classroom.outbox import Membership, Outbox, ask
from course.classroom.store import Store
from course.classroom.wire import Join
from course.practice import Journal, lessons
from course.practice.texts import misconception_text, notebook_of
from tests.browser.conftest import HERE, PATIENCE

pytestmark = pytest.mark.long

LESSON = next(each for each in lessons() if len(each.text.exercises) > 2)
EXERCISE = next(iter(LESSON.text.exercises))
MISS = next(id for id, miss in LESSON.text.exercises[EXERCISE].misses.items() if miss.misconception)
PREDICTION, QUESTION = next(
    (id, question) for id, question in LESSON.text.questions.items() if question.kind == "prediction"
)
START = notebook_of("start_here")
assert START is not None
BAD = ("serious", "critical")


@dataclass
class Room:
    """A board on a real server, and where its learners' workspaces go."""

    live: Live
    base: str
    folder: Path

    def learner(self, name: str) -> Learner:
        folder, token = self.folder / str(len(self.live.room.places)), f"{len(self.live.room.places):064x}"
        box = Outbox(folder)
        join = Join(code=self.live.found.code, token=token, name=name).model_dump(exclude_none=True)
        called: Any = ask(box.to(self.base), "join", join)
        (folder / ".course").mkdir(parents=True)
        box.store(Membership(board=self.base, token=token, name=called["name"], class_name="Tuesday"))
        return Learner(box, Journal(box.file.with_name("journal.jsonl")))


@dataclass
class Learner:
    """A seat."""

    box: Outbox
    journal: Journal

    def checks(self, state: str, miss: str | None = None) -> None:
        self.journal.add("check", EXERCISE, state=state, miss=miss)
        self.send()

    def send(self) -> None:
        while self.box.step():
            pass

    def raises_hand(self) -> None:
        with self.box.changing() as found:
            assert found is not None
            found.hand = "ab" * 16
        self.send()

    @property
    def hand(self) -> str:
        self.send()
        found = self.box.membership()
        assert found is not None
        return found.status.hand


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    store = Store(f"sqlite:///{(tmp_path / 'classes.sqlite3').as_posix()}")
    live = Live(store, store.open("Tuesday", 0.0))
    with serve(create_app(live, Address("http://127.0.0.1", ("127.0.0.1",)))) as server:
        yield Room(live, f"{str(server.client.base_url).rstrip('/')}/", tmp_path)
    store.close()


@pytest.fixture
def instructor(browser: Any, room: Room) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    said: list[str] = []
    page.on("request", lambda request: said.append(request.url) if not HERE.match(request.url) else None)
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.goto(f"{room.base}open/{room.live.found.secret}")
    expect(page.locator("#link")).to_have_text("live")
    yield page
    context.close()
    assert said == [], "asked for something elsewhere, or complained"


def _accessible(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page).response["violations"]
        assert [each["id"] for each in found if each["impact"] in BAD] == [], scheme


def test_the_stuck_one_is_found_and_helped(room: Room, instructor: Page, pictures: Path) -> None:
    ada, bob, eve = room.learner("Ada"), room.learner("<img src=x onerror=alert(1)>"), room.learner("Eve")
    for learner in (ada, bob):
        learner.checks("passed")
        learner.journal.add("prediction", PREDICTION, chosen=[min(QUESTION.right)], right=True)
        learner.send()
    eve.checks("not yet", MISS)
    eve.checks("not yet", MISS)
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
    eve.checks("passed")
    expect(instructor.locator("#b-stuck")).to_contain_text("Nobody is stuck")


def test_a_learner_in_jupyterlab_joins_fails_and_sees_who_comes(
    room: Room, instructor: Page, open_notebook: Any, pictures: Path
) -> None:
    notebook = open_notebook(START.name)

    def runs(source: str) -> Any:
        notebook.write("imports", source)
        notebook.run("imports")
        return notebook.output("imports")

    out = runs(f'from course import *; join("{room.live.found.code}@{room.base}", "Ada")')
    expect(out).to_contain_text("Never your code")
    expect(out.locator("[role=status]")).to_contain_text("you are in the class")
    expect(instructor.locator("tbody th")).to_have_text("Ada")
    wrong = "def build_ping(name):\n    return None\ncheck('start.ping', build_ping)"
    for _ in range(2):
        runs(wrong)
    expect(instructor.locator("#b-stuck")).to_contain_text("Ada")
    expect(instructor.locator("#b-stuck")).to_contain_text("2 failed checks")
    out = runs("raise_hand()")
    expect(out.locator("[role=status]")).to_contain_text("your hand is up")
    instructor.get_by_role("button", name="I am coming").click()
    expect(out.locator("[role=status]")).to_contain_text("your instructor is coming")
    notebook.page.screenshot(path=pictures / "class_learner.png")
    assert notebook.abroad == []
    assert "You have left" in runs("leave()").inner_text()
    expect(instructor.locator("tbody th")).to_have_count(0)
