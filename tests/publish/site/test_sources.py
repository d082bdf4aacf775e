"""What is handed to Sphinx, and what Sphinx makes of hostile words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from course.paths import NOTEBOOKS
from course.publish.kit import read_lessons
from course.publish.site import _lesson, build
from course.publish.site._templates import render
from course.publish.site.address import Address, find, parse
from course.words import languages
from tests.publish.hostile import Reader, spoilt_lesson

HERE = Address("Ada", "course")
SITE = _lesson.Site({"02_services.ipynb": "services"}, {})


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/Ada/course",
        "https://github.com/Ada/course.git\n",
        "git@github.com:Ada/course.git",
        "ssh://git@github.com/Ada/course",
    ],
)
def test_a_repository_on_github_is_known_by_any_of_its_addresses(url: str) -> None:
    assert parse(url) == HERE


@pytest.mark.parametrize("url", ["", "/srv/course", "https://example.org/Ada/course"])
def test_another_place_has_no_address(url: str) -> None:
    assert parse(url) is None


def test_githubs_machines_say_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "Ada/course")
    assert find() == HERE
    assert HERE.site == "https://ada.github.io/course/"
    assert HERE.binder("00_start_here.ipynb").endswith("urlpath=lab%2Ftree%2Fworkspace%2F00_start_here.ipynb")


@pytest.mark.parametrize("folder", [NOTEBOOKS, *(NOTEBOOKS / language for language in languages())])
def test_the_first_page_has_the_question_of_each_lesson(folder: Path) -> None:
    lessons = read_lessons(folder)
    about = build._settings(lessons, None)["about"]
    assert len(set(about.values())) == 1 + len(lessons)
    assert not [text for text in about.values() if "*" in text or not text.strip()]


def test_prose_links_to_pages_and_drops_links_to_lessons_that_are_not_there() -> None:
    text = "See [02](02_services.ipynb), [a cell](#cell-id=x), [03](03_sync_and_async.ipynb)."
    assert _lesson.prose(text, SITE) == "See [02](services.ipynb), [a cell](#cell-id=x), 03."


def test_keys_folds_and_graphs_get_what_draws_them() -> None:
    assert _lesson.prose("Press <kbd>Tab</kbd>.", SITE) == "Press {kbd}`Tab`."
    made = _lesson.prose("<details><summary>Why</summary>\n\n*So.*\n\n</details>", SITE)
    assert re.sub(r"`+(\{raw\} html)?\n?", "", made).split() == [
        "<details",
        'class="course-fold"><summary>Why</summary>',
        "*So.*",
        "</details>",
    ]
    lesson = next(each for each in read_lessons(NOTEBOOKS) if "```mermaid" in str(each.nb))
    cell = next(cell for cell in lesson.nb.cells if "```mermaid" in cell.source)
    assert "<svg" in _lesson.prose(cell.source, SITE)
    assert "```text" in _lesson.prose("```mermaid\nnot drawn\n```", SITE)


def test_a_lesson_says_how_to_run_it() -> None:
    html = render("run.html.j2", address=HERE, notebook="00_start_here.ipynb")
    assert HERE.codespace in html
    assert "00_start_here.ipynb" in html
    assert "github" not in render("run.html.j2", address=None, notebook="00_start_here.ipynb")


def test_documents_link_to_pages_or_to_the_repository() -> None:
    text = "[a](../deploy/README.md) [b](take_it_home.md#x) [c](../notebooks/02_services.ipynb) [d](https://e.org)"
    folder = build.PurePosixPath("docs")
    made = build._document(text, folder, SITE, HERE)
    assert made.split() == [
        f"[a]({HERE.view('deploy/README.md')})",
        "[b](take_it_home.md#x)",
        "[c](lessons/services.ipynb)",
        "[d](https://e.org)",
    ]
    assert build._document(text, folder, SITE, None).startswith("a [b]")


def test_a_fault_of_a_page_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Sphinx warns of stops the build; nothing is written."""
    monkeypatch.setattr(build, "_sources", lambda *_: [("index.md", "# Title\n\n{nonsense}`x`\n")])
    with pytest.raises(build.SphinxFailed, match="nonsense"):
        build.build([], tmp_path / "site")
    assert not (tmp_path / "site").exists()


@pytest.mark.long
def test_nothing_that_is_written_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in (build._facts, build._reference):
        monkeypatch.setattr(part, "page", lambda *_: "# Not looked at here\n")
    kit = build.build([spoilt_lesson("00_start_here.ipynb")], tmp_path / "site", edition="instructor")
    html = (kit.folder / "lessons" / "start_here.html").read_text("utf-8")
    assert Reader(html).runs == []
    assert html.count("&lt;script&gt;evil()") > 10, "it is shown as it is written"


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: Any) -> None:
    from course.cli import run_inside

    assert run_inside("site", ["build", "--lessons", "77", "--out", str(tmp_path / "x")]) == 2
    assert "There is no lesson 77" in capsys.readouterr().err
    assert run_inside("site", ["build", "--facts", str(tmp_path / "none"), "--out", str(tmp_path / "x")]) == 2
    assert "facts --json" in capsys.readouterr().err
