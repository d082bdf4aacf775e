"""The site in a browser: `python3 -m course test --browser tests/browser/test_site.py`.

Without a folder in ``COURSE_SITE`` a site of two lessons is built, and a page of each kind is looked at; with
one, every page in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from course.cli.test import BROWSER

if not os.environ.get(BROWSER):
    pytest.skip("only with --browser", allow_module_level=True)

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from course.paths import NOTEBOOKS, ROOT
from course.publish.kit import read_lessons
from course.publish.site.address import Address
from course.publish.site.build import build

pytestmark = [pytest.mark.long, pytest.mark.thorough]

FOLDER = "COURSE_SITE"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
LESSON = "lessons/after_the_response.html"
AT_REST = "() => Promise.allSettled(document.getAnimations().map((one) => one.finished))"
"""Colours on their way from one theme to the other have a contrast that nobody reads."""

NOTES = ("[PST]",)
"""What the theme notes in the console: that it has followed the system's theme, where it has scrolled to."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if given := os.environ.get(FOLDER):
        return (ROOT / given).absolute()
    every = read_lessons(NOTEBOOKS)
    lessons = [lesson for lesson in every if lesson.info.number in {0, 1}]
    out = tmp_path_factory.mktemp("site")
    return build(lessons, out, every=every, address=Address("Ada", "course")).folder


def pages_of(site: Path) -> list[Path]:
    """One page of each kind; of a site that was given, every page."""
    if os.environ.get(FOLDER):
        return sorted(site.rglob("*.html"))
    kinds = ("index", "lessons/after_the_response", "reference", "facts", "run", "search")
    return [site / f"{name}.html" for name in kinds]


@dataclass
class Seen:
    """A page, and what was wrong with it."""

    page: Page
    said: list[str] = field(default_factory=list)


@pytest.fixture(params=["light", "dark"])
def opened(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Seen]:
    """A window in one of the themes, without a network. Nothing is asked for or complained about."""
    context = browser.new_context(viewport=DESK, color_scheme=request.param, offline=True)
    seen = Seen(context.new_page())
    page, said = seen.page, seen.said
    page.on("request", lambda one: None if one.url.startswith(("file:", "data:")) else said.append(one.url))
    page.on("requestfailed", lambda one: said.append(f"failed: {one.url}"))
    page.on("console", lambda one: None if one.text.startswith(NOTES) else said.append(one.text))
    page.on("pageerror", lambda one: said.append(str(one)))
    yield seen
    context.close()
    assert said == []


def barriers(page: Page) -> list[str]:
    """What axe calls serious or critical: rule, place and reason."""
    found: Any = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
    return [
        f"{page.url.rpartition('/')[2]}: {fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found.response["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"][:3]
    ]


def test_everybody_can_read_every_page_at_every_width(site: Path, opened: Seen) -> None:
    page, found, paths = opened.page, [], pages_of(site)
    assert len(paths) > 5
    for path in paths:
        page.set_viewport_size(DESK)
        page.goto(path.as_uri())
        page.locator(f"body[data-jp-theme-light={'false' if is_dark(page) else 'true'}]").wait_for()
        page.evaluate(AT_REST)
        found += barriers(page)
        page.set_viewport_size(PHONE)
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [f"{path.name}: {wider} pixels wider than a phone"] if wider > 0 else []
    assert found == []


def is_dark(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.dataset.theme === 'dark'"))


def test_a_question_is_answered_by_keyboard(site: Path, opened: Seen) -> None:
    page = opened.page
    page.goto((site / LESSON).as_uri())
    form = page.locator("form[data-kind=quiz]:not(:has([type=checkbox]))").first
    wrong = form.locator("li:not([data-right])").first.get_attribute("data-letter")
    right = form.locator("li[data-right]").first.get_attribute("data-letter")
    assert form.locator("details").is_hidden(), "the answer is not shown before"
    form.get_by_role("button").press("Enter")
    assert "Choose" in form.get_by_role("status").inner_text()
    for letter, state in ((wrong, "wrong"), (right, "right")):
        form.locator(f"input[value={letter}]").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        assert form.get_attribute("data-state") == state
        assert form.get_by_role("status").locator(f"li[data-letter={letter}]").is_visible()
    assert form.locator("details").is_visible(), "every option can be unfolded now"


def test_a_prediction_is_noted_first_and_compared_then(site: Path, opened: Seen) -> None:
    page = opened.page
    page.goto((site / LESSON).as_uri())
    form = page.locator("form[data-kind=prediction]:not(:has([type=checkbox]))").first
    form.locator("input").first.check()
    form.get_by_role("button", name="Commit").click()
    assert form.get_attribute("data-state") == "noted"
    assert form.get_by_role("status").locator("li").count() == 0
    form.get_by_role("button", name="Compare").click()
    assert form.get_attribute("data-state") in ("right", "wrong")
    assert form.get_by_role("status").locator("li[data-right]").count() == 1


def test_the_search_finds_a_word_of_a_lesson(site: Path, opened: Seen) -> None:
    page = opened.page
    page.goto(f"{(site / 'search.html').as_uri()}?q=BackgroundTasks")
    page.locator("#search-results li a", has_text="After the response").first.wait_for()


def test_without_javascript_reasons_and_hints_unfold(site: Path, browser: Browser) -> None:
    page = browser.new_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto((site / LESSON).as_uri())
    form = page.locator("form.course-ask").first
    assert form.get_by_role("button").count() == 0
    form.locator("summary").click()
    assert form.locator("li[data-right]").first.is_visible()
    hints = page.locator(".course-hints").first
    hints.locator("summary").first.click()
    assert hints.locator("details > p").first.is_visible()
    assert hints.locator("details > p").nth(1).is_hidden(), "the next hint stays folded"
    page.context.close()


def test_paper_has_no_buttons_and_light_pictures(site: Path, browser: Browser) -> None:
    page = browser.new_context(color_scheme="dark").new_page()
    page.goto((site / LESSON).as_uri())
    page.locator("body[data-jp-theme-light=false]").wait_for()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("body[data-jp-theme-light=true]").count() == 1
    for part in (".course-run", ".course-buttons", "#pst-primary-sidebar", ".prev-next-footer"):
        assert page.locator(part).first.is_hidden(), part
    assert page.locator(".course-asked").first.is_visible()
    page.context.close()
