"""A learner in lessons 00 and 01 in a real browser: `python3 -m course test --browser tests/browser`."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from course.cli.test import BROWSER
from course.seat import NOTEBOOKS, ROOT

if not os.environ.get(BROWSER):
    pytest.skip("only with --browser", allow_module_level=True)

from playwright.sync_api import Page, expect, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
PATIENCE = 60_000
"""Milliseconds that anything in the browser may take on a busy machine."""

PROGRAMS = ROOT / "course" / "lessons" / "after_the_response" / "programs" / "after.welcome"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return tmp_path / "Arbeit für 学习"


@pytest.fixture
def address(workspace: Path) -> Iterator[str]:
    """The address that `start` prints."""
    program = "import sys; sys.path.insert(0, sys.argv[1]); from course.cli import run_inside\n"
    program += "sys.exit(run_inside('start', ['--no-browser']))"
    env = {**os.environ, "COURSE_WORKSPACE": str(workspace), "PYTHONUTF8": "1"}
    command = [sys.executable, "-P", "-c", program, str(ROOT)]
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, env=env, encoding="utf-8", **both) as process:
        assert process.stdout is not None
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        yield re.search(r"http://\S+", said)[0]  # type: ignore[index]
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


@pytest.fixture
def page() -> Iterator[Page]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        yield page
        browser.close()


class Notebook:
    """The notebook that is open in JupyterLab, by the ids of its cells."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        cells = json.loads((NOTEBOOKS / name).read_text(encoding="utf-8"))["cells"]
        self.positions = {cell["id"]: position for position, cell in enumerate(cells)}
        self.cells = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell")
        self.cells.first.wait_for()
        self.wait_until_idle()

    def wait_until_idle(self) -> None:
        """Not the toolbar's light: that is also idle before there is a kernel."""
        self.page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()

    def clear(self) -> None:
        """Take away the stored outputs, so that what is seen came out now."""
        self._choose("Edit", "Clear Outputs of All Cells")

    def _choose(self, menu: str, entry: str) -> None:
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.get_by_role("menuitem", name=entry, exact=True).click()

    def cell(self, id: str) -> Any:
        return self.cells.nth(self.positions[id])

    def output(self, id: str) -> Any:
        return self.cell(id).locator(".jp-Cell-outputArea")

    def run(self, *ids: str) -> None:
        for id in ids:
            prompt = self.cell(id).locator(".jp-InputPrompt")
            before = prompt.inner_text()
            self.cell(id).locator(".cm-content").click()
            self.page.keyboard.press("Shift+Enter")
            expect(prompt).not_to_have_text(before)
            expect(prompt).to_have_text(re.compile(r"\[\d+\]"))

    def write(self, id: str, source: str) -> None:
        self.cell(id).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(source)

    def restart_kernel(self) -> None:
        self._choose("Kernel", "Restart Kernel and Clear Outputs of All Cells…")
        self.page.locator(".jp-Dialog").get_by_role("button", name="Confirm Kernel Restart").click()
        expect(self.cell("imports").locator(".jp-InputPrompt")).to_have_text("[ ]:")
        self.wait_until_idle()


def _progress(workspace: Path) -> dict[str, Any]:
    program = "import sys; sys.path.insert(0, sys.argv[1]); from course.cli import run_inside\n"
    program += "sys.exit(run_inside('progress', ['after_the_response', '--json']))"
    env = {**os.environ, "COURSE_WORKSPACE": str(workspace), "PYTHONUTF8": "1"}
    said = subprocess.check_output([sys.executable, "-P", "-c", program, str(ROOT)], env=env)
    (lesson,) = json.loads(said)["lessons"]
    return lesson  # type: ignore[no-any-return]


def _program(name: str) -> str:
    lines = (PROGRAMS / name).read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("# gets:"))


def test_start_opens_lesson_00_and_asks_nothing(page: Page, address: str) -> None:
    abroad = []
    page.on("request", lambda request: abroad.append(request.url) if _is_abroad(request.url) else None)
    page.goto(address)
    notebook = Notebook(page, "00_start_here.ipynb")
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(page.locator(".Toastify__toast")).to_have_count(0)
    notebook.clear()
    notebook.run("imports", "doctor")
    expect(notebook.output("doctor")).to_contain_text("This seat works")
    assert abroad == [], "everything works offline"


def _is_abroad(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:"))


def test_lesson_01_by_mouse_and_keyboard(page: Page, address: str, workspace: Path) -> None:
    page.goto(address.replace("00_start_here", "01_after_the_response"))
    notebook = Notebook(page, "01_after_the_response.ipynb")
    expect(notebook.output("deferred-run").locator("svg.timed")).to_be_visible()  # stored, and trusted
    notebook.clear()
    notebook.run("imports", "mailer", "inline-app", "deferred-app", "deferred-run")
    expect(notebook.output("deferred-run").locator("svg.timed")).to_be_visible()

    notebook.run("welcome-exercise", "welcome-check")
    expect(notebook.output("welcome-check")).to_contain_text("Not attempted")
    notebook.write("welcome-exercise", _program("wrong_called.py"))
    notebook.run("welcome-exercise", "welcome-check")
    expect(notebook.output("welcome-check")).to_contain_text("You called it yourself")
    notebook.write("welcome-exercise", _program("right_reference.py"))
    notebook.run("welcome-exercise", "welcome-check")
    expect(notebook.output("welcome-check")).to_contain_text("The response left first")

    notebook.run("quiz")
    questions = notebook.output("quiz").locator("form.cp-question")
    by_mouse, by_keyboard = questions.nth(0), questions.nth(1)
    by_mouse.get_by_text("The tail of the request's own coroutine").click()
    by_mouse.locator("button[type=submit]").click()
    expect(by_mouse.get_by_role("status")).to_contain_text("the same asyncio task as the endpoint")

    cells = notebook.cells.count()
    by_keyboard.get_by_role("radio").nth(0).focus()
    for key in ("d", "d", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(by_keyboard.get_by_role("status")).to_contain_text("Taken, not done")
    assert notebook.cells.count() == cells, "JupyterLab's shortcuts are off in a question"

    notebook.restart_kernel()
    notebook.run("imports", "quiz", "progress")
    expect(questions.nth(0).get_by_role("radio").nth(1)).to_be_checked()
    expect(notebook.output("progress")).to_contain_text("1 of")
    kept = _progress(workspace)
    assert kept["passed"] == ["after.welcome"]
    assert kept["right"] == ["after.what-is-it", "after.status"]
