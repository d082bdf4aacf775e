"""The course in another language than English, as a browser sees it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from course.cli.test import BROWSER
from tests.browser.conftest import Desk, running_lab

if TYPE_CHECKING:
    from playwright.sync_api import Browser

if not os.environ.get(BROWSER):
    pytest.skip("only with --browser", allow_module_level=True)


@pytest.mark.thorough
def test_jupyterlabs_page_says_in_which_language_it_is(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also without its language pack: browsers draw a character as the language of its page has it."""
    from playwright.sync_api import expect

    monkeypatch.setenv("COURSE_LANGUAGE", "zh_CN")
    with running_lab(tmp_path) as lab:
        page = browser.new_page()
        Desk(page, lab.address)
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        page.close()
