from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.notebook import code_cells, read, strings
from course.paths import NOTEBOOKS
from course.publish._gate import is_left_out, missing_cells
from course.publish.translation import (
    audit_editions,
    edition_of,
    refresh_edition,
    translate_cells,
)
from course.words import _catalogue
from tests.pseudo import write_catalogue

SAYS = "from course.words import say\nprint(say('Hello.'))"
WORDS = {"A title": "标题", "Some `code` first.": "先来一些 `code`。", "an aim": "一个目标"}


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lesson and its catalogue in Chinese."""
    monkeypatch.setenv("COURSE_LOCALES", str(tmp_path / "locales"))
    write_catalogue(tmp_path / "locales", "zh_CN", "course", {"Hello.": "你好。"})
    write_catalogue(tmp_path / "locales", "zh_CN", "some_lesson", WORDS)
    course = {"lesson": "some_lesson", "number": 1, "objectives": ["an aim"]}
    cells = [
        new_markdown_cell("# A title\n\nSome `code` first.\n\n- not translated", id="title"),
        new_code_cell(SAYS, id="says", metadata={"tags": ["slide"]}),
    ]
    path = tmp_path / "notebooks" / "01_some_lesson.ipynb"
    path.parent.mkdir()
    nbformat.write(new_notebook(cells=cells, metadata={"course": course}), path)
    return path


def edit(path: Path, change: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
    nb = json.loads(path.read_text("utf-8"))
    change(nb)
    path.write_text(json.dumps(nb), encoding="utf-8")


def test_prose_is_translated_and_everything_else_is_as_it_was(lesson: Path) -> None:
    english = read(lesson)
    made = translate_cells(english, "zh_CN")
    assert made.cells[0].source == "# 标题\n\n先来一些 `code`。\n\n- not translated"
    assert made.metadata.course.objectives == ["一个目标"]
    assert [(cell.id, cell.metadata) for cell in made.cells] == [(c.id, c.metadata) for c in english.cells]
    assert made.cells[1].source == english.cells[1].source
    assert translate_cells(english, "nl").cells[0].source == english.cells[0].source


@pytest.mark.long
def test_an_edition_is_made_run_in_its_language_and_stays(lesson: Path) -> None:
    target = edition_of(lesson, "zh_CN")
    assert [finding.rule for finding in audit_editions(lesson.parent)] == []
    assert refresh_edition(lesson, "zh_CN", dry_run=True).changed
    assert not target.parent.exists()
    assert refresh_edition(lesson, "zh_CN").changed
    assert read(target).cells[1].outputs[0].text == "你好。\n"
    stored = target.read_bytes()
    assert not refresh_edition(lesson, "zh_CN").changed
    assert target.read_bytes() == stored
    assert audit_editions(lesson.parent) == []


def changed_title(nb: dict) -> None:  # type: ignore[type-arg]
    nb["cells"][0]["source"] = "# Another title"


def changed_code(nb: dict) -> None:  # type: ignore[type-arg]
    nb["cells"][1]["source"] = "1 + 1"


def changed_tags(nb: dict) -> None:  # type: ignore[type-arg]
    nb["cells"][1]["metadata"] = {}


def changed_order(nb: dict) -> None:  # type: ignore[type-arg]
    nb["cells"].reverse()


def changed_id(nb: dict) -> None:  # type: ignore[type-arg]
    nb["cells"][0]["id"] = "start"


def no_cell(nb: dict) -> None:  # type: ignore[type-arg]
    del nb["cells"][1]


CHANGES = [changed_title, changed_code, changed_tags, changed_order, changed_id, no_cell]


def edition(lesson: Path) -> Path:
    """The edition without a run."""
    target = edition_of(lesson, "zh_CN")
    target.parent.mkdir()
    nbformat.write(translate_cells(read(lesson), "zh_CN"), target)
    assert audit_editions(lesson.parent) == []
    return target


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("which", ["english", "translated"])
def test_an_edit_of_either_edition_is_found(
    lesson: Path,
    change: Callable[[dict], None],
    which: str,  # type: ignore[type-arg]
) -> None:
    target = edition(lesson)
    edit(lesson if which == "english" else target, change)
    (finding,) = audit_editions(lesson.parent)
    assert finding.rule == "edition"
    assert "refresh --language zh_CN" in finding.remedy


def test_a_new_translation_is_found_until_the_edition_is_made_anew(lesson: Path, tmp_path: Path) -> None:
    edition(lesson)
    write_catalogue(tmp_path / "locales", "zh_CN", "some_lesson", {**WORDS, "A title": "新标题"})
    _catalogue.cache_clear()
    (finding,) = audit_editions(lesson.parent)
    assert (finding.file, finding.cell) == ("zh_CN/01_some_lesson.ipynb", "title")


def test_an_edition_too_few_or_too_many_is_found(lesson: Path) -> None:
    target = edition(lesson)
    target.rename(target.with_name("02_other.ipynb"))
    found = {finding.file: finding.remedy for finding in audit_editions(lesson.parent)}
    assert list(found) == ["zh_CN/02_other.ipynb", "zh_CN/01_some_lesson.ipynb"]
    assert found["zh_CN/02_other.ipynb"] == "Delete it."


def test_the_first_two_notebooks_of_a_language_are_in_every_run(lesson: Path, tmp_path: Path) -> None:
    target = edition(lesson)
    paths = [target.with_name(f"0{number}_lesson.ipynb") for number in range(2, 5)]
    for path in paths:
        path.write_bytes(target.read_bytes())
    assert [is_left_out(each, all_languages=False) for each in [lesson, target, *paths]] == [
        *(False, False, False),
        *(True, True),
    ]
    missing = list(missing_cells(tmp_path, ["shipped"], set(), all_languages=False))
    assert [each.partition(",")[0] for each in missing] == [
        "notebooks/01_some_lesson.ipynb",
        "notebooks/zh_CN/01_some_lesson.ipynb",
        "notebooks/zh_CN/02_lesson.ipynb",
    ]
    assert len(list(missing_cells(tmp_path, ["shipped"], set()))) == 5


# ---- the Chinese edition -------------------------------------------------------------------------------

_HALF_WIDTH = re.compile(r"[一-鿿）] ?[,:;(!?]|[,:;(!?] ?[一-鿿]|[一-鿿]\)")
_OPTION = re.compile(r"(?m)(^|：|\s)[a-h]\) |, requests=6.*$")
"""The letter of an option, and kinds of tasks, which are names in code."""


def half_width(text: str, place: str) -> list[str]:
    """Lines of an output in which half-width punctuation stands beside a Chinese character."""
    if place in ("text/html", "image/svg+xml"):
        text = html.unescape(re.sub(r"(?s)<style.*?</style>|<[^<>]*>", "\n", text))
    return [line for line in _OPTION.sub(" ", text).splitlines() if _HALF_WIDTH.search(line)]


@pytest.mark.parametrize("path", sorted((NOTEBOOKS / "zh_CN").glob("*.ipynb")), ids=lambda path: path.stem)
def test_what_the_cells_show_has_the_punctuation_of_chinese(path: Path) -> None:
    found = {
        (cell.id, line)
        for cell in code_cells(read(path))
        for output in cell.outputs
        for place, text in strings(output)
        for line in half_width(text, place)
    }
    assert found == set()


@pytest.mark.parametrize("text", ["客户端: POST /a", "order() (事件循环)", "<g>GET /a, 客户端：1 ms</g>"])
def test_half_width_punctuation_beside_chinese_is_found(text: str) -> None:
    assert half_width(text, "text/html")
