"""A learner's JupyterLab: what is seen after Run All is what the lesson stored, and nothing is red.

Then a learner's hands: questions, an exercise, the explorer, the dominoes, a restart, a class.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from course.cli.test import BROWSER
from course.notebook import called_name, parse, tags
from course.paths import NOTEBOOKS, ROOT
from course.practice.exercise_file import source_of
from course.publish._normal import REPORTS_ON_THE_LEARNER

if not os.environ.get(BROWSER):
    pytest.skip("only with --browser", allow_module_level=True)

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.room import Room

pytestmark = pytest.mark.long

CAPSTONE = "10_capstone.ipynb"
LESSONS = sorted(path.name for path in NOTEBOOKS.glob("*.ipynb") if path.name != CAPSTONE)
DARK = "02_sync_and_async.ipynb"
"""The lesson that is also looked at in the dark: it has the most pictures."""

TELLING = {"00_start_here.ipynb"}
"""With the capstone, and the cells that hands run, it has all kinds of cells: a whole run opens no other."""

CHANGES = REPORTS_ON_THE_LEARNER | {"warm_up"}
"""Calls whose output depends on what was done in other lessons, which share a workspace here."""

RED = "application/vnd.jupyter.stderr"
"""How JupyterLab draws errors, and what is written to stderr."""

WIDGET = ""
"""A widget's output has no type. It shows what is stored in a way of its own."""

TIMED = '<svg class="timed"'
MANY = 16
"""A timeline with more bars than that shows somebody who asks again and again while something else runs."""

SEEN = """() => {
    const words = (node) => {
        const copy = node.cloneNode(true);
        copy.querySelectorAll("style, svg").forEach((part) => part.remove());
        return copy.textContent;
    };
    const shown = (node) => node.checkVisibility() && node.getBoundingClientRect().height > 0;
    const panel = document.querySelector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook");
    return [...panel.querySelectorAll(".jp-Cell")].map((cell) => ({
        prompt: cell.querySelector(".jp-InputPrompt")?.textContent ?? "",
        outputs: [...cell.querySelectorAll(".jp-OutputArea-output")].map((output) => ({
            type: output.dataset.mimeType ?? "",
            words: words(output),
        })),
        pictures: [...cell.querySelectorAll(".jp-OutputArea-output svg.timed")]
            .filter((picture) => shown(picture) && picture.getBoundingClientRect().width > 400)
            .map((picture) => [...picture.querySelectorAll("g > title")].map((title) => title.textContent)),
        dominoes: [...cell.querySelectorAll(".jp-OutputArea-output svg.dominoes")].filter(shown).length,
        questions: [...cell.querySelectorAll("form.cp-question")].filter(shown).length,
        graphs: [...cell.querySelectorAll(".jp-RenderedMermaid :is(img, svg)")].filter(shown).length,
    }));
}"""

WORDS_OF = """(pages) => pages.map((html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    page.querySelectorAll("style, svg").forEach((part) => part.remove());
    return page.body.textContent;
})"""


@dataclass(frozen=True)
class Wanted:
    """What the stored outputs of a cell promise."""

    id: str
    is_code: bool
    fails: bool
    changes: bool
    is_check: bool
    words: list[str]
    pictures: list[list[str]]
    """The names of each timeline's bars."""
    dominoes: int
    questions: int
    graphs: int


def wanted(stored: Path, page: Any) -> list[Wanted]:
    """Every cell of a notebook as it is stored; the page only turns HTML into words."""
    found = []
    for cell in parse(stored.read_text(encoding="utf-8")).cells:
        outputs = cell.get("outputs", [])
        bundles = [output["data"] for output in outputs if "data" in output]
        html = ["".join(bundle["text/html"]) for bundle in bundles if "text/html" in bundle]
        streams = ["".join(output["text"]) for output in outputs if output["output_type"] == "stream"]
        is_quiz = called_name(cell) in {"quiz", "predict"} if cell.cell_type == "code" else False
        found.append(
            Wanted(
                id=cell.id,
                is_code=cell.cell_type == "code",
                fails=any(output["output_type"] == "error" for output in outputs),
                changes=cell.cell_type == "code" and called_name(cell) in CHANGES,
                is_check="check" in tags(cell),
                words=streams + page.evaluate(WORDS_OF, html),
                pictures=[_bars(re.findall("<g><title>([^<]*)", part)) for part in html if TIMED in part],
                dominoes=sum(part.count('<svg class="dominoes"') for part in html),
                questions=sum(part.count("<ul>") for part in html) if is_quiz else 0,
                graphs=len(re.findall("^```mermaid", cell.source, re.M)),
            )
        )
    return found


def faults(wanted: list[Wanted], seen: list[dict[str, Any]]) -> list[str]:
    """In words, what is not as it is stored."""
    assert len(wanted) == len(seen)
    return [
        f"{cell.id}: {fault}" for cell, it in zip(wanted, seen, strict=True) for fault in _faults(cell, it)
    ]


def _faults(cell: Wanted, seen: dict[str, Any]) -> Iterator[str]:
    if cell.is_code and not re.search(r"\d", seen["prompt"]):
        yield "has not run"
    red = [output["words"].strip() for output in seen["outputs"] if output["type"] == RED]
    if red and not cell.fails:
        yield f"a red box: {red[0][:300]}"
    if cell.fails and not red:
        yield "no red box, where an error is stored"
    bars = [_bars(titles) for titles in seen["pictures"]]
    if len(bars) != len(cell.pictures) or not all(map(_same_bars, cell.pictures, bars)):
        yield f"timelines with the bars {bars} where {cell.pictures} are stored"
    for what in ("dominoes", "questions", "graphs"):
        if seen[what] != getattr(cell, what):
            yield f"{what}: {seen[what]} where {getattr(cell, what)} are stored"
    has_widget = WIDGET in [output["type"] for output in seen["outputs"]]
    if not cell.changes and (cell.is_check or not has_widget):
        shown = {_squeezed(output["words"]) for output in seen["outputs"]}
        yield from (f"does not say: {text}" for text in cell.words if _squeezed(text) not in shown)


def _bars(titles: list[str]) -> list[str]:
    """The names of the bars, without lane and time."""
    return sorted(unescape(title).rpartition(", ")[0] for title in titles)


def _same_bars(stored: list[str], seen: list[str]) -> bool:
    return set(stored) == set(seen) if len(stored) > MANY else stored == seen


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def test_start_asks_nothing(lab: Any, open_notebook: Any) -> None:
    notebook = open_notebook("00_start_here.ipynb")
    expect(notebook.page.locator(".jp-Dialog")).to_have_count(0)
    expect(notebook.page.locator(".Toastify__toast")).to_have_count(0)
    names = notebook.page.locator(".jp-DirListing-itemText").all()
    cut_off = [
        name.inner_text() for name in names if name.evaluate("(it) => it.scrollWidth > it.clientWidth")
    ]
    assert (len(names) > 8, cut_off) == (True, [])
    notebook.run("imports", "doctor")
    expect(notebook.output("doctor")).to_contain_text("This seat works")
    expect(notebook.cell("script-source")).to_be_hidden()  # further reading is folded
    assert notebook.abroad == [], "everything works offline"


@pytest.mark.parametrize(
    "lesson",
    [pytest.param(name, marks=() if name in TELLING else pytest.mark.thorough) for name in LESSONS],
)
def test_a_lesson_shows_what_it_stores(lesson: str, open_notebook: Any, pictures: Path) -> None:
    notebook = open_notebook(lesson)
    notebook.start_all()
    assert _look_at(notebook, pictures) == []
    notebook.close()


def _look_at(notebook: Any, pictures: Path) -> list[str]:
    notebook.wait_for_all()
    said = faults(wanted(NOTEBOOKS / notebook.name, notebook.page), notebook.page.evaluate(SEEN))
    name = Path(notebook.name).stem
    notebook.take_pictures(pictures, name, 4)
    if notebook.name == DARK:
        notebook.use_theme("dark")
        notebook.take_pictures(pictures, f"{name}_dark", 4)
        notebook.use_theme("light")
    return said + [f"asked for {url}" for url in notebook.abroad]


LESSON = ROOT / "course" / "lessons" / "after_the_response"

GRAVE = ("serious", "critical")


def barriers(page: Any, *parts: str) -> list[str]:
    """What keeps people out of those parts of the page, as axe-core finds it: rule, place and reason."""
    context = {"include": [[part] for part in parts]}
    found = Axe().run(page, context=context, options={"resultTypes": ["violations"]})
    return [
        f"{violation['id']}: {node['html'][:120]}: {node['failureSummary']}"
        for violation in found.response["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


def _program(name: str) -> str:
    return source_of(LESSON, "after.welcome", name)


TRIED = (
    "imports",
    "mailer",
    "deferred-intro",
    "deferred-app",
    "deferred-predict",
    "deferred-run",
    "deferred-compare",
    "deferred-explain",
    "mechanism-response-source",
    "welcome-exercise",
    "welcome-check",
    "quiz",
    "progress",
)


def test_an_exercise_and_a_quiz_by_mouse_and_by_keyboard(lab: Any, open_cells: Any) -> None:
    notebook = open_cells("01_after_the_response.ipynb", *TRIED)
    notebook.run("imports", "mailer", "deferred-app", "deferred-compare", "mechanism-response-source")
    expect(notebook.output("mechanism-response-source").locator("pre code")).to_have_css("white-space", "pre")
    expect(notebook.output("mechanism-response-source").locator("pre")).to_have_css("overflow-x", "auto")
    expect(notebook.output("deferred-compare")).to_contain_text("First run the cell above")
    explanation = notebook.cell("deferred-explain").locator("details")
    expect(explanation).to_have_js_property("open", False)

    notebook.run("deferred-predict")
    options = notebook.output("deferred-predict").get_by_role("radio")
    expect(options.nth(0)).to_be_focused()
    for key in ("b", "Enter"):  # choose, commit …
        notebook.page.keyboard.press(key)
    expect(notebook.output("deferred-predict").get_by_role("status").last).to_contain_text("Noted: b.")
    for id in ("deferred-run", "deferred-compare"):  # … and Shift+Enter goes on
        expect(notebook.cell(id)).to_be_focused()
        notebook.page.keyboard.press("Shift+Enter")
    expect(notebook.output("deferred-run").locator("svg.timed")).to_be_visible()
    expect(notebook.output("deferred-compare")).to_contain_text("What happened:")
    expect(explanation).to_have_js_property("open", True)

    notebook.run("welcome-exercise", "welcome-check")
    expect(notebook.output("welcome-check")).to_contain_text("Not attempted")
    notebook.write("welcome-exercise", _program("wrong_called"))
    notebook.run("welcome-exercise", "welcome-check")
    answer = notebook.output("welcome-check")
    expect(answer).to_contain_text("You called it yourself")
    for name, brought in (
        ("Next hint", "Hint 1 of 3"),
        ("Solution", "You have not passed this exercise yet"),
    ):
        answer.get_by_role("button", name=name).focus()
        notebook.page.keyboard.press("Enter")
        expect(answer).to_contain_text(brought)
    expect(notebook.cell("deferred-app")).not_to_be_in_viewport()
    answer.get_by_role("link", name="The same, as a background task").focus()
    notebook.page.keyboard.press("Enter")
    expect(notebook.cell("deferred-app")).to_be_in_viewport()
    notebook.write("welcome-exercise", "def build_register(:")
    notebook.run("welcome-exercise", "mailer", "welcome-check")
    expect(answer).to_contain_text("Python could not read your cell")
    expect(answer).not_to_contain_text("You called it yourself")
    notebook.write("welcome-exercise", _program("right_reference"))
    notebook.run("welcome-exercise", "welcome-check")
    expect(notebook.output("welcome-check")).to_contain_text("The response left first")

    notebook.run("quiz")
    questions = notebook.output("quiz").locator("form.cp-question")
    by_mouse, by_keyboard = questions.nth(0), questions.nth(1)
    by_mouse.get_by_text("The tail of the request's own coroutine").click()
    by_mouse.locator("button[type=submit]").click()
    expect(by_mouse.get_by_role("status")).to_contain_text("Right.")

    cells = notebook.cells.count()
    by_keyboard.get_by_role("radio").nth(0).focus()
    for key in ("d", "d", "ArrowDown", "ArrowUp", "Enter"):
        notebook.page.keyboard.press(key)
    expect(by_keyboard.get_by_role("status")).to_contain_text("taken, not done")
    assert notebook.cells.count() == cells, "JupyterLab's shortcuts are off in a question"
    by_keyboard.get_by_role("radio").nth(1).check()
    expect(by_keyboard.get_by_role("status")).to_be_empty()

    notebook.restart_kernel(clear=False)
    expect(notebook.output("quiz")).to_contain_text("Run this cell again")
    expect(notebook.output("quiz").locator(".cp-verdict:visible")).to_have_count(0)
    notebook.restart_kernel()
    notebook.run("imports", "quiz", "progress")
    expect(questions.nth(0).get_by_role("radio").nth(1)).to_be_checked()
    expect(notebook.output("progress")).to_contain_text("1 of")
    kept = lab.progress("after_the_response")
    assert kept["passed"] == ["after.welcome"]
    assert kept["right"] == ["after.what-is-it", "after.status"]

    parts = [".cp-quiz", ".cp-progress", "svg.timed", ".cp-compare", ".cp-help"]
    notebook.run(
        "mailer", "deferred-app", "deferred-run", "deferred-compare", "welcome-exercise", "welcome-check"
    )
    for theme in ("light", "dark"):
        notebook.use_theme(theme)
        assert barriers(notebook.page, *parts) == [], theme
    notebook.close()


def test_the_explorer_by_keyboard(open_cells: Any) -> None:
    notebook = open_cells("02_sync_and_async.ipynb", "imports", "explore")
    notebook.run("imports", "explore")
    explorer = notebook.output("explore").locator(".ex")
    expect(explorer.locator(".ex-words")).to_contain_text("computes: worker thread")
    expect(explorer.locator("svg.timed")).to_be_visible()
    explorer.get_by_label("Requests at the same time").focus()
    for key in ("d", "d", "Home"):
        notebook.page.keyboard.press(key)
    explorer.get_by_label("Kind of task").select_option("async, blocking")
    expect(explorer.locator(".ex-words")).to_contain_text("blocks: event loop")
    expect(explorer).not_to_have_attribute("data-running", "true")
    expect(explorer.locator("svg.timed > text", has_text=re.compile("^POST /work"))).to_have_count(1)
    expect(notebook.cells).to_have_count(len(notebook.positions))
    for theme in ("light", "dark"):
        notebook.use_theme(theme)
        assert barriers(notebook.page, ".ex") == [], theme
    notebook.close()


def test_the_dominoes_step_by_step(open_cells: Any) -> None:
    steps = ("kahn-step", "kahn-step-2", "kahn-step-6")
    notebook = open_cells("05_order_and_data.ipynb", "imports", "kahn-graph", "kahn-count", *steps)
    notebook.run("imports", "kahn-graph", "kahn-count", "kahn-step")
    fallen = notebook.output("kahn-step").locator("svg.dominoes .fallen")
    expect(fallen).to_have_count(1)
    for number in (2, 6):
        notebook.run(f"kahn-step-{number}")
        expect(notebook.output(f"kahn-step-{number}").locator("svg.dominoes .fallen")).to_have_count(number)
    notebook.run("kahn-step")  # once more: it begins afresh
    expect(fallen).to_have_count(1)
    expect(notebook.output("kahn-step").locator("svg.dominoes .ready")).to_have_count(2)
    for theme in ("light", "dark"):
        notebook.use_theme(theme)
        assert barriers(notebook.page, "svg.dominoes") == [], theme

    notebook.output("kahn-step").evaluate("(box) => { box.innerHTML = '<input>' }")
    planted = barriers(notebook.page, f".jp-Cell:nth-child({notebook.positions['kahn-step'] + 1})")
    assert "label" in {barrier.partition(":")[0] for barrier in planted}
    notebook.close()


def test_a_learner_joins_fails_and_sees_who_comes(
    room: Room, instructor: Page, open_cells: Any, pictures: Path
) -> None:
    notebook = open_cells("00_start_here.ipynb", "imports")
    out = notebook.run_in(
        "imports", f'from course import *; join("{room.live.found.code}@{room.base}", "Ada")'
    )
    expect(out).to_contain_text("Never your code")
    expect(out.locator("[role=status]")).to_contain_text("you are in the class")
    expect(instructor.locator("tbody th")).to_have_text("Ada")
    wrong = "def build_ping(name):\n    return None\ncheck('start.ping', build_ping)"
    for _ in range(2):
        notebook.run_in("imports", wrong)
    expect(instructor.locator("#b-stuck")).to_contain_text("Ada")
    expect(instructor.locator("#b-stuck")).to_contain_text("2 failed checks")
    out = notebook.run_in("imports", "raise_hand()")
    expect(out.locator("[role=status]")).to_contain_text("your hand is up")
    instructor.get_by_role("button", name="I am coming").click()
    expect(out.locator("[role=status]")).to_contain_text("your instructor is coming")
    notebook.page.screenshot(path=pictures / "class_learner.png")
    assert notebook.abroad == []
    assert "You have left" in notebook.run_in("imports", "leave()").inner_text()
    expect(instructor.locator("tbody th")).to_have_count(0)
    notebook.close()


PLANTED = {
    "a picture is gone": (
        "look-run",
        "(cell) => cell.querySelector('svg.timed').remove()",
        "look-run: timelines with the bars [] where",
    ),
    "a picture cannot be seen": (
        "look-run",
        "(cell) => { cell.querySelector('svg.timed').style.display = 'none' }",
        "look-run: timelines with the bars [] where",
    ),
    "a bar is gone": (
        "look-run",
        "(cell) => cell.querySelector('svg.timed g').remove()",
        "look-run: timelines with the bars [['",
    ),
    "a graph is not drawn": (
        "spec-graph",
        "(cell) => cell.querySelector('.jp-RenderedMermaid').remove()",
        "spec-graph: graphs: 0 where 1 are stored",
    ),
    "a question is gone": (
        "design-quiz",
        "(cell) => cell.querySelector('form.cp-question').remove()",
        "design-quiz: questions: 2 where 3 are stored",
    ),
    "a word is another": (
        "tests-example",
        "(cell) => { cell.querySelector('.jp-OutputArea-output pre').textContent = 'closed []' }",
        "tests-example: does not say: closed ['reserve'",
    ),
}


@pytest.fixture(scope="module")
def capstone_tab(open_notebook: Any) -> Iterator[Any]:
    notebook = open_notebook(CAPSTONE)
    notebook.start_all()
    notebook.wait_for_all()
    yield notebook
    notebook.close()


@pytest.fixture
def capstone(capstone_tab: Any) -> Any:
    """The capstone, after Run All, in front."""
    capstone_tab.show()
    return capstone_tab


def test_the_capstone_shows_what_it_stores(capstone: Any, pictures: Path) -> None:
    assert _look_at(capstone, pictures) == []


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_fault_is_seen(capstone: Any, planted: str) -> None:
    id, change, said = PLANTED[planted]
    right = wanted(NOTEBOOKS / capstone.name, capstone.page)
    assert faults(right, capstone.page.evaluate(SEEN)) == []
    before = capstone.cell(id).evaluate("(cell) => cell.innerHTML")
    capstone.cell(id).evaluate(change)
    found = faults(right, capstone.page.evaluate(SEEN))
    capstone.cell(id).evaluate("(cell, before) => { cell.innerHTML = before }", before)
    assert len(found) == 1
    assert found[0].startswith(said)


def test_an_error_that_is_not_meant_is_seen(lab: Any, open_notebook: Any, tmp_path: Path) -> None:
    """And one that is meant, but does not come; and the cells behind, which JupyterLab does not run."""
    lesson = json.loads((NOTEBOOKS / "00_start_here.ipynb").read_text(encoding="utf-8"))
    cells = {cell["id"]: cell for cell in lesson["cells"]}
    lesson["cells"] = [cells[id] for id in ("imports", "run-fails", "await-works", "progress")]
    stored = tmp_path / "stored.ipynb"
    stored.write_text(json.dumps(lesson), encoding="utf-8")
    cells["run-fails"]["source"] = "coroutine = asyncio.sleep(0)"
    cells["await-works"]["source"] = "1 / 0"
    (lab.workspace / "planted.ipynb").write_text(json.dumps(lesson), encoding="utf-8")
    notebook = open_notebook("planted.ipynb")
    notebook.start_all()
    notebook.wait_for_all()
    found = faults(wanted(stored, notebook.page), notebook.page.evaluate(SEEN))
    notebook.close()
    assert "run-fails: no red box, where an error is stored" in found
    assert [fault for fault in found if fault.startswith("await-works: a red box: ---")]
    assert "progress: has not run" in found


def test_a_request_that_leaves_this_machine_is_seen(capstone: Any) -> None:
    for address in ("https://example.org/x.js", "http://192.0.2.1:8888/", "http://127.0.0.1.example.org/"):
        got = capstone.page.evaluate("(url) => fetch(url).then(() => 'an answer', () => 'nothing')", address)
        assert got == "nothing"
        assert capstone.abroad.pop() == address
    assert capstone.abroad == []
