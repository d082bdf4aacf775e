"""A learner's JupyterLab, as `start` launches it, and a browser that can reach nothing but this machine."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from course.cli.test import BROWSER
from course.paths import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.room import Room

PATIENCE = 180_000
"""Milliseconds that anything in the browser may take on a busy machine."""

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
    "--proxy-server=127.0.0.1:9",  # nobody is there, and all that leaves this machine would go through it
]
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Programs to look for; the first is the same browser without windows, which takes a fifth less work."""

HERE = re.compile(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:|about:|chrome-error:")

PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"

OVER = """([mayFail, many]) => {
    if (!document.querySelector("#jp-main-statusbar").textContent.includes("| Idle")) return false;
    const panel = document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden)");
    const cells = [...panel.querySelectorAll(".jp-Notebook .jp-Cell")];
    const number = (cell) => /\\d/.test(cell.querySelector(".jp-InputPrompt").textContent);
    const red = (cell) => cell.querySelector("[data-mime-type='application/vnd.jupyter.stderr']");
    const code = cells.filter((cell) => cell.matches(".jp-CodeCell"));
    const stopped = code.some((cell) => red(cell) && !mayFail.includes(cells.indexOf(cell)));
    return cells.length === many && (stopped || code.every(number));
}"""
"""Every cell is there and has run, or one that should not has failed, behind which JupyterLab runs none.

The asterisks do not tell: behind a cell that fails on purpose they go, although those cells still run.
"""


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab with a workspace of its own."""

    address: str
    """Where `start` says that it is: lesson 00 with the token."""
    workspace: Path

    def progress(self, lesson: str) -> Any:
        """What `progress --json` says of a lesson."""
        said = subprocess.check_output(_command("progress", lesson, "--json"), env=_env(self.workspace))
        (found,) = json.loads(said)["lessons"]
        return found


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with running_lab(tmp_path_factory.mktemp("seat")) as lab:
        yield lab


@contextlib.contextmanager
def running_lab(folder: Path) -> Iterator[Lab]:
    """A learner's JupyterLab with its workspace in that folder."""
    workspace = folder / "Arbeit für 学习"
    _follow_the_systems_theme(workspace.parent / "settings")
    both: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
    with subprocess.Popen(_command("start", "--no-browser"), env=_env(workspace), **both) as process:
        assert process.stdout is not None
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        found = re.search(r"http://\S+", said)
        assert found, said
        try:
            yield Lab(found[0], workspace)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                status = process.wait(60)
            finally:
                process.kill()  # one that does not end fails its test, and does not keep it for ever
        assert status == 0


def _follow_the_systems_theme(settings: Path) -> None:
    file = settings / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    file.parent.mkdir(parents=True)
    file.write_text('{"adaptive-theme": true}', encoding="utf-8")


def _command(*arguments: str) -> list[str]:
    program = "import sys; sys.path.insert(0, sys.argv[1]); from course.cli import run_inside\n"
    program += f"sys.exit(run_inside({arguments[0]!r}, {list(arguments[1:])!r}))"
    return [sys.executable, "-P", "-c", program, str(ROOT)]


def _env(workspace: Path) -> dict[str, str]:
    settings = workspace.parent / "settings"  # else JupyterLab would change those of the user
    own = {"COURSE_WORKSPACE": str(workspace), "JUPYTERLAB_SETTINGS_DIR": str(settings), "PYTHONUTF8": "1"}
    return {**os.environ, **own}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def desk(lab: Lab, browser: Browser) -> Desk:
    """One for all notebooks of a module: JupyterLab takes longer to load than most lessons to run."""
    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    return Desk(context.new_page(), lab.address)


class Desk:
    """The window of a learner's JupyterLab, which reaches this machine only."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.abroad: list[str] = []
        """Every address elsewhere that the page asked for, and did not get."""
        page.on("request", lambda request: self._note(request.url))
        page.on("websocket", lambda socket: self._note(socket.url))
        page.goto(address)
        page.locator(f"{PANEL} .jp-Notebook .jp-Cell").first.wait_for()

    def _note(self, url: str) -> None:
        if not HERE.match(url):
            self.abroad.append(url)

    def choose(self, *entries: str) -> None:
        """Click through the menus."""
        for entry in entries:
            self.page.locator("[role=menuitem] [class*=itemLabel]").get_by_text(entry, exact=True).click()

    def answer(self, button: str) -> None:
        """Press this button of the dialog that is open, and see it go."""
        dialog = self.page.locator(".jp-Dialog")
        dialog.get_by_role("button", name=button).click()
        dialog.wait_for(state="detached")


class Notebook:
    """A notebook in a tab of the desk. Cells are known by their ids."""

    def __init__(self, desk: Desk, lab: Lab, name: str) -> None:
        self.name = name
        self.desk = desk
        self.page = desk.page
        self.source = json.loads((lab.workspace / name).read_text(encoding="utf-8"))["cells"]
        self.positions = {cell["id"]: position for position, cell in enumerate(self.source)}
        desk.abroad.clear()
        desk.choose("File", "Open from Path…")
        self.page.locator(".jp-Dialog input").fill(name)
        desk.answer("Open")
        self.tab = self.page.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text=name)
        self.show()
        self.cells = self.page.locator(f"{PANEL} .jp-Notebook .jp-Cell")
        self.cells.first.wait_for()
        self.wait_until_idle()

    @property
    def abroad(self) -> list[str]:
        """Every address elsewhere that the page asked for since this notebook was opened."""
        return self.desk.abroad

    def show(self) -> None:
        """Bring its tab to the front."""
        self.tab.click()

    def close(self) -> None:
        """Close its tab and end its kernel."""
        self.show()
        self.desk.choose("File", "Save Notebook")  # else it asks
        self.desk.choose("File", "Close and Shut Down Notebook…")
        self.desk.answer("Ok")
        self.tab.wait_for(state="detached")

    def wait_until_idle(self) -> None:
        """Not the toolbar's light: that is also idle before there is a kernel."""
        self.page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()

    def cell(self, id: str) -> Any:
        return self.cells.nth(self.positions[id])

    def text(self, id: str) -> str:
        """What the cell held when the notebook was opened."""
        return "".join(self.source[self.positions[id]]["source"])

    def output(self, id: str) -> Any:
        return self.cell(id).locator(".jp-Cell-outputArea")

    def start_all(self) -> None:
        """Run All, without waiting for it."""
        self.desk.choose("Run", "Run All Cells")

    def wait_for_all(self) -> None:
        """Until every cell has run, or one has failed that should not."""
        tags = {id: cell["metadata"].get("tags", []) for cell in self.source for id in [cell["id"]]}
        may_fail = [self.positions[id] for id, named in tags.items() if "raises-exception" in named]
        self.page.wait_for_function(OVER, arg=[may_fail, len(self.source)], polling=250)

    def run(self, *ids: str) -> None:
        """Run cells with the keyboard, as a learner does."""
        from playwright.sync_api import expect

        for id in ids:
            prompt = self.cell(id).locator(".jp-InputPrompt")
            before = prompt.inner_text()
            self.cell(id).locator(".cm-content").click()
            self.page.keyboard.press("Shift+Enter")
            expect(prompt).not_to_have_text(before)
            expect(prompt).to_have_text(re.compile(r"\[\d+\]"))

    def run_in(self, id: str, source: str) -> Any:
        """Write that into a cell, run it, and give its output."""
        self.write(id, source)
        self.run(id)
        return self.output(id)

    def write(self, id: str, source: str) -> None:
        """Replace what a cell holds."""
        self.cell(id).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(source)

    def restart_kernel(self, *, clear: bool = True) -> None:
        """Restart it and clear the outputs, or leave them."""
        from playwright.sync_api import expect

        if not clear:
            self.desk.choose("Kernel", "Restart Kernel…")
            self.desk.answer("Confirm Kernel Restart")
            self.wait_until_idle()
            return
        self.desk.choose("Kernel", "Restart Kernel and Clear Outputs of All Cells…")
        self.desk.answer("Confirm Kernel Restart")
        expect(self.cell("imports").locator(".jp-InputPrompt")).to_have_text("[ ]:")
        self.wait_until_idle()

    def use_theme(self, name: Literal["dark", "light"]) -> None:
        """As if the system had changed between day and night."""
        self.page.emulate_media(color_scheme=name)
        light = "true" if name == "light" else "false"
        self.page.locator(f"body[data-jp-theme-light={light}]").wait_for(state="attached")

    def take_pictures(self, folder: Path, name: str, count: int) -> None:
        """Screenshots of that many places, from the notebook's top on."""
        panel = self.page.locator(f"{PANEL} .jp-WindowedPanel-outer")
        for number in range(count):
            panel.evaluate("(panel, part) => panel.scrollTo(0, part * panel.scrollHeight)", number / count)
            self.page.screenshot(path=folder / f"{name}_{number + 1}.png")


@pytest.fixture(scope="module")
def open_notebook(lab: Lab, desk: Desk) -> Any:
    """Opens a notebook of the workspace: ``open_notebook("00_start_here.ipynb")``."""

    def open_one(name: str) -> Notebook:
        return Notebook(desk, lab, name)

    return open_one


@pytest.fixture(scope="module")
def open_cells(lab: Lab, desk: Desk) -> Any:
    """Opens a notebook of which it leaves only some cells, so it is drawn sooner: name, and their ids."""

    def open_some(name: str, *ids: str) -> Notebook:
        notebook = json.loads((lab.workspace / name).read_text(encoding="utf-8"))
        notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] in ids]
        assert {cell["id"] for cell in notebook["cells"]} == set(ids)
        end = {"cell_type": "markdown", "id": "end", "metadata": {}, "source": ""}
        notebook["cells"].append(end)  # Shift+Enter in the last cell makes another
        (lab.workspace / name).write_text(json.dumps(notebook), encoding="utf-8")
        return Notebook(desk, lab, name)

    return open_some


@pytest.fixture(scope="session")
def pictures() -> Path:
    """The folder that the screenshots go to."""
    folder = Path(os.environ[BROWSER])
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """A class with its board."""
    from tests.browser.room import running_room

    with running_room(tmp_path) as room:
        yield room


@pytest.fixture
def instructor(browser: Browser, room: Room) -> Iterator[Page]:
    """The board's page, as the instructor sees it."""
    from playwright.sync_api import expect

    context = browser.new_context(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    said: list[str] = []
    context.on("request", lambda request: said.append(request.url) if not HERE.match(request.url) else None)
    context.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: said.append(str(error.error)))
    context.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page = context.new_page()
    page.goto(f"{room.base}open/{room.live.found.secret}")
    expect(page.locator("#link")).to_have_text("live")
    yield page
    context.close()
    assert said == [], "asked for something elsewhere, or complained"
