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

from course.notebook import course_metadata, tags
from course.paths import NOTEBOOKS
from course.publish.kit import agenda, build, read_lessons, slides

pytestmark = pytest.mark.long

LESSONS = read_lessons(NOTEBOOKS)
SMALLEST = 22
"""Pixels of the letters on a slide of 1280 × 720: about what the last row of a room can read."""

STANDS_OUT = """() => {
  const slide = Reveal.getCurrentSlide();
  const out = [];
  for (const part of slide.querySelectorAll(".fit *")) {
    if (part.closest("aside") || (part.closest("svg") && part.tagName !== "svg")) continue;
    const box = part.getBoundingClientRect();
    if (box.width && (box.right > 1262 || box.bottom > 706 || box.left < 18 || box.top < 10))
      out.push(`${part.tagName} ends at ${Math.round(box.right)}, ${Math.round(box.bottom)}`);
  }
  return out;
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
        if re.search(r">[^<\s]", words):
            size = page.evaluate(
                "parseFloat(getComputedStyle(Reveal.getCurrentSlide().querySelector('.fit')).fontSize)"
            )
            assert size >= SMALLEST, f"the letters of slide {number + 1} are too small"
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
    assert many == slides.to_html_page(LESSONS[1]).count('class="fit"')
    lefts = page.evaluate(
        "[...document.querySelectorAll('.fit > *')].map(e => e.getBoundingClientRect().left)"
    )
    assert min(lefts) >= 40, "text at the edge of the paper"
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == many
    close(opened)


def test_the_speaker_has_notes(browser: Browser, kit: Path) -> None:
    opened = open_offline(browser, kit / "slides" / "01_after_the_response.html")
    page = opened.page
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    kinds = [cell.metadata.slideshow.slide_type for cell in slides.deck(LESSONS[1]).cells]
    before = kinds[: kinds.index("notes") - 1].count("slide")  # slides before the first one with a note
    with page.context.expect_page() as waiting:
        page.keyboard.press("s")
    view = waiting.value
    view.locator("iframe").nth(1).wait_for()
    for _ in range(before):
        page.keyboard.press("ArrowRight")
    notes = [course_metadata(cell).get("note") for cell in LESSONS[1].nb.cells if "slide" in tags(cell)]
    first = next(filter(None, notes))
    view.locator(".speaker-controls-notes .value").get_by_text(first[:30]).wait_for()
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
    pages = [path for path in sorted(kit.rglob("*.html")) if path.parent.name != "slides"]
    assert len(pages) == 4 + 2 * len(LESSONS)
    opened = open_offline(browser, pages[0])
    for path in pages:
        opened.page.goto(path.as_uri())
        width = opened.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 1280, f"{path.name} is wider than the window"
        assert opened.page.locator("h1").count() >= 1
    close(opened)
