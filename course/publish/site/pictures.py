"""Make the README's picture and the one that links show: ``python -m course.publish.site.pictures``.

Both are a page of the site as a browser shows it. The browser and Playwright are those of
``python3 -m course test --browser``.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from course.paths import NOTEBOOKS, ROOT
from course.publish.kit.lessons import read_lessons
from course.publish.site.build import build

README = ROOT / "docs" / "page.png"
CARD = Path(__file__).parent / "look" / "card.png"
LESSON, CELL = "after_the_response", "deferred-predict"
"""The lesson and the cell that are shown: a prediction, and the run that answers it."""

_ALONE = ".bd-sidebar, .bd-sidebar-secondary, .bd-header-article { display: none !important }"
"""The article without what stands around it."""

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def main() -> int:
    """Write both pictures; the exit status."""
    from playwright.sync_api import sync_playwright

    lessons = read_lessons(NOTEBOOKS)
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = build(lessons, Path(folder)).folder
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1000, "height": 900}, color_scheme="light")
        page.goto((site / "lessons" / f"{LESSON}.html").as_uri())
        page.add_style_tag(content=_ALONE)
        question = page.locator(f"[id='cell-id={CELL}'] ~ form").first
        question.locator("input").first.check()
        question.get_by_role("button", name="Commit").click()
        question.get_by_role("button", name="Compare").click()
        page.mouse.move(0, 0)
        question.evaluate("form => scrollTo(0, form.getBoundingClientRect().top + scrollY - 20)")
        page.screenshot(path=README)
        page.set_viewport_size({"width": 1200, "height": 630})
        page.goto((site / "index.html").as_uri())
        page.add_style_tag(content=f"{_ALONE} .bd-content {{ zoom: 1.45 }}")
        page.screenshot(path=CARD)
        browser.close()
    for path in (README, CARD):
        print(f"{path.relative_to(ROOT).as_posix()}: {path.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
