"""The instructor's kit in a browser without a network: `python3 -m course test --browser -k test_kit`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from course.cli.test import BROWSER

if not os.environ.get(BROWSER):
    pytest.skip("only with --browser", allow_module_level=True)

from playwright.sync_api import Browser, Page

from course.paths import NOTEBOOKS
from course.publish.kit import agenda, build, slides
from tests.publish.kit.taught import LESSONS

pytestmark = [pytest.mark.long, pytest.mark.thorough]

SMALLEST = 22
"""Pixels of the letters on a slide of 1280 × 720: about what the last row of a room can read."""

STANDS_OUT = """() => {
  const slide = Reveal.getCurrentSlide();
  const out = [];
  for (const part of slide.querySelectorAll(".fit *")) {
    if (part.closest("aside") || (part.closest("svg") && part.tagName !== "svg")) continue;
    const box = part.getBoundingClientRect();
    if (box.width && (box.right > 1264 || box.bottom > 712 || box.left < 10 || box.top < 8))
      out.push(`${part.tagName} ends at ${Math.round(box.right)}, ${Math.round(box.bottom)}`);
  }
  return out;
}"""


SMALLEST_IN_A_PICTURE = 16
"""Pixels of the letters in a picture on a slide."""

LETTERS = """() => {
  const shown = Reveal.getCurrentSlide().querySelector(".fit");
  const size = (part) => parseFloat(getComputedStyle(part).fontSize);
  const every = [...shown.querySelectorAll("svg text, svg foreignObject span")];
  const words = every.filter((part) => part.textContent.trim());
  const scale = (part) => part.closest("svg").getScreenCTM().a;
  return {
    all: size(shown),
    code: Math.min(...[...shown.querySelectorAll("pre")].map(size), 99),
    picture: Math.min(...words.map((part) => size(part) * scale(part)), 99),
  };
}"""


@dataclass
class Opened:
    """A page, what it asked for beside files, and what it complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("Kursmappe für alle")
    plan = agenda.plan(LESSONS, [90, 90, 90, 90], [15, 60, 15])
    (out / "agenda.html").write_text(agenda.to_html(plan), encoding="utf-8")
    assert build.build(NOTEBOOKS, out).leaks == ()
    return out


def open_offline(browser: Browser, path: Path) -> Opened:
    """Open a page with no network, on a machine that likes it dark (the kit stays light)."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, offline=True, color_scheme="dark")
    opened = Opened(context.new_page())
    opened.page.on("request", lambda request: opened.asked.append(request.url))
    opened.page.on("requestfailed", lambda request: opened.said.append(f"failed: {request.url}"))
    opened.page.on("console", lambda message: opened.said.append(message.text))
    opened.page.on("pageerror", lambda error: opened.said.append(str(error)))
    opened.page.goto(path.as_uri())
    return opened


def close(opened: Opened) -> None:
    """Nothing but files was asked for, and nothing was complained about."""
    opened.page.context.close()
    assert [url for url in opened.asked if not url.startswith(("file:", "data:"))] == []
    assert opened.said == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_every_slide_can_be_read(lesson: slides.TaughtLesson, browser: Browser, kit: Path) -> None:
    opened = open_offline(browser, kit / "slides" / f"{lesson.stem}.html")
    page = opened.page
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    made = slides.deck(lesson).cells
    expected = [cell for cell in made if cell.metadata.slideshow.slide_type == "slide"]
    assert page.evaluate("Reveal.getTotalSlides()") == len(expected)
    background = "getComputedStyle(document.querySelector('.reveal-viewport')).backgroundColor"
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    for number, cell in enumerate(expected):
        page.evaluate(f"Reveal.slide({number})")
        assert page.evaluate(STANDS_OUT) == [], f"slide {number + 1} has more than fits"
        html = cell.outputs[0].data["text/html"]
        words = re.sub(r"(?s)<svg.*?</svg>|<h2>.*?</h2>", "", html)
        letters = page.evaluate(LETTERS)
        if re.search(r">[^<\s]", words):
            assert letters["all"] >= SMALLEST, f"the letters of slide {number + 1} are too small"
        assert letters["code"] >= SMALLEST, f"the code of slide {number + 1} is too small"
        assert letters["picture"] >= SMALLEST_IN_A_PICTURE, f"the picture of slide {number + 1} is too small"
        drawn = page.locator("section.present svg").all()
        assert len(drawn) == html.count("<svg")
        for picture in drawn:
            box = picture.bounding_box()
            assert box
            assert min(box["width"], box["height"]) > 100
    close(opened)


def test_slides_can_be_printed(browser: Browser, kit: Path) -> None:
    opened = open_offline(browser, kit / "slides" / "01_after_the_response.html")
    page = opened.page
    page.goto(page.url.partition("#")[0] + "?print-pdf")
    page.locator(".pdf-page").first.wait_for()
    many = page.locator(".pdf-page").count()
    assert many == slides.to_html_page(LESSONS[1]).count('<div class="fit')
    lefts = page.evaluate(
        "[...document.querySelectorAll('.fit > *')].map(e => e.getBoundingClientRect().left)"
    )
    assert min(lefts) >= 10, "text at the edge of the paper"
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == many
    close(opened)


def test_the_speaker_has_notes(browser: Browser, kit: Path) -> None:
    opened = open_offline(browser, kit / "slides" / "01_after_the_response.html")
    page = opened.page
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    votes = [at for at, html in enumerate(shown_on(LESSONS[1])) if "<li><b>a</b>" in html]
    with page.context.expect_page() as waiting:
        page.keyboard.press("s")
    view = waiting.value
    view.locator("iframe").nth(1).wait_for()
    for _ in range(votes[0]):
        page.keyboard.press("ArrowRight")
    view.locator(".speaker-controls-notes .value").get_by_text("Right: ").wait_for()
    close(opened)


def shown_on(lesson: slides.TaughtLesson) -> list[str]:
    """The slides of a lesson as HTML."""
    cells = slides.deck(lesson).cells
    return [
        cell.outputs[0].data["text/html"] for cell in cells if cell.metadata.slideshow.slide_type == "slide"
    ]


def test_the_clock_of_an_exercise_runs_and_can_be_stopped(browser: Browser, kit: Path) -> None:
    opened = open_offline(browser, kit / "slides" / "01_after_the_response.html")
    page = opened.page
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    at = next(at for at, html in enumerate(shown_on(LESSONS[1])) if 'class="clock"' in html)
    begun = page.locator(".clock").first.text_content()
    page.evaluate(f"Reveal.slide({at})")
    clock = page.locator("section.present .clock")
    page.wait_for_function(
        "begun => document.querySelector('section.present .clock').textContent !== begun", arg=begun
    )
    clock.click()
    stopped = clock.text_content()
    assert "stopped" in (clock.get_attribute("class") or "")
    page.evaluate(f"Reveal.slide({at + 1}); Reveal.slide({at})")
    assert clock.text_content() == stopped, "it does not begin again"
    clock.click()
    page.wait_for_function(
        "was => document.querySelector('section.present .clock').textContent !== was", arg=stopped
    )
    close(opened)


def test_the_printed_sheets_have_few_pages(browser: Browser, kit: Path) -> None:
    for name, most in {"answers.html": 40, "cheat_sheet.html": 2}.items():
        opened = open_offline(browser, kit / name)
        opened.page.emulate_media(media="print")
        printed = opened.page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= most, name
        close(opened)


def test_the_handout_is_one_sheet_a_lesson(browser: Browser, kit: Path) -> None:
    opened = open_offline(browser, kit / "handout.html")
    page = opened.page
    page.emulate_media(media="print")
    sheets = page.evaluate(
        """[...document.querySelectorAll(".sheet")].map(sheet => [
          sheet.scrollHeight - sheet.clientHeight, sheet.querySelector(".lines").clientHeight])"""
    )
    assert len(sheets) == len(LESSONS)
    for lesson, (over, room) in zip(LESSONS, sheets, strict=True):
        assert over == 0, f"{lesson.stem} has more than a sheet"
        assert room > 90, f"{lesson.stem} leaves no room to write"
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == len(LESSONS)
    close(opened)


def test_the_other_pages_open_without_a_network(browser: Browser, kit: Path) -> None:
    pages = sorted(kit.glob("*.html"))  # test_site looks at the pages to read
    assert len(pages) == 5
    opened = open_offline(browser, pages[0])
    for path in pages:
        opened.page.goto(path.as_uri())
        width = opened.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 1280, f"{path.name} is wider than the window"
        assert opened.page.locator("h1").count() >= 1
    close(opened)
