"""A learner's hands in JupyterLab: questions, an exercise, the explorer, the dominoes, a restart."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest

from course.cli.test import BROWSER
from course.paths import ROOT
from course.practice.exercise_file import source_of

if not os.environ.get(BROWSER):
    pytest.skip("only with --browser", allow_module_level=True)

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.long

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
    notebook.close()


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
