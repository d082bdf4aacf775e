"""The whole kit in a folder, but for the pages to read: nothing is fetched, no answer is given away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from course.notebook import read, render, tags
from course.paths import NOTEBOOKS
from course.publish.kit import build, editions, read_lessons

FETCHES = re.compile(r"""<(?:script|link|img|iframe|source|video)\b[^>]*(?:src|href)=["'](?!data:)([^"']+)""")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> build.Built:
    return build.build(NOTEBOOKS, tmp_path_factory.mktemp("kit"), {0, 1})


def test_everything_is_there(built: build.Built) -> None:
    names = {path.relative_to(built.folder).as_posix() for path in built.files}
    assert names == {
        "index.html",
        "answers.html",
        "handout.html",
        "cheat_sheet.html",
        *(
            f"{part}/{stem}.{kind}"
            for stem in ("00_start_here", "01_after_the_response")
            for part, kind in [("slides", "html"), ("student", "ipynb"), ("instructor", "ipynb")]
        ),
    }
    assert built.leaks == ()


def test_nothing_is_fetched_from_anywhere(built: build.Built) -> None:
    pages = [
        *built.folder.glob("*.html"),
        *built.folder.glob("slides/*.html"),
    ]  # tests/publish/site looks at the others
    assert len(pages) == 6
    for path in pages:
        html = path.read_text("utf-8")
        for name in FETCHES.findall(html):
            assert (path.parent / name).is_file(), (path, name)
        assert "url(http" not in html
        assert "@import" not in html
    assert "http" not in (built.folder / "slides" / "slides.css").read_text("utf-8")


def test_the_honest_sentence(built: build.Built) -> None:
    assert "practice, not an exam" in (built.folder / "index.html").read_text("utf-8")


def test_building_again_changes_nothing(built: build.Built) -> None:
    before = {path: path.read_bytes() for path in built.folder.rglob("*") if path.is_file()}
    build.build(NOTEBOOKS, built.folder, {0, 1})
    assert {path: path.read_bytes() for path in before} == before


def test_an_agenda_in_the_folder_is_linked(built: build.Built, tmp_path: Path) -> None:
    (tmp_path / "agenda.html").write_text("", encoding="utf-8")
    build.build(NOTEBOOKS, tmp_path, {0})
    assert 'href="agenda.html"' in (tmp_path / "index.html").read_text("utf-8")
    assert 'href="agenda.html"' not in (built.folder / "index.html").read_text("utf-8")


def test_the_answer_key_answers_everything(built: build.Built) -> None:
    html = (built.folder / "answers.html").read_text("utf-8")
    known = editions.answers("after_the_response")
    assert set(editions.leaks_in_page(html, known)) == set(known) - set(editions.WORKED_EXAMPLES)
    assert html.count("<h4>Hints</h4>") == len(known) + 1
    assert "‹name›" in html
    assert re.search(r"<td>.*Pass it, don(?:'|&#x27;)t call it.* in 01 · After the response", html)


def test_an_answer_in_a_notebook_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for leaks works on the files, also when the editions let an answer through."""
    source = tmp_path / "notebooks"
    source.mkdir()
    nb = read(NOTEBOOKS / "00_start_here.ipynb")
    nb.cells[3].source += '\n    return {"pong": name}'
    (source / "00_start_here.ipynb").write_text(render(nb), encoding="utf-8")
    built = build.build(source, tmp_path / "kit")
    assert [leak.partition(" is in ")[2][:27] for leak in built.leaks] == ["student/00_start_here.ipynb"]
    assert all("start.ping" in leak for leak in built.leaks)


def test_the_handout_has_something_to_look_at() -> None:
    every = read_lessons(NOTEBOOKS)
    sheets = build.handout(every).split('<section class="sheet"')[1:]
    for lesson, sheet in zip(every, sheets, strict=True):
        assert sheet.count("<li>") >= len(lesson.info.objectives) + 3, "objectives and key points"
        assert sheet.count('class="lines"') == 1
        assert sheet.count("<figure") <= 2
        assert sheet.count("<svg") + sheet.count("<table") + sheet.count('class="highlight"') <= 2
    seen = [any(each in sheet for each in ("<svg", "<table", 'class="highlight"')) for sheet in sheets]
    assert sum(seen) >= len(every) - 1


def test_code_to_keep_is_on_both_sheets() -> None:
    every = read_lessons(NOTEBOOKS)
    kept = {lesson.stem: [cell.id for cell in lesson.nb.cells if "keep" in tags(cell)] for lesson in every}
    assert sum(map(bool, kept.values())) > len(every) / 2
    handout, cheat_sheet = build.handout(every), build.cheat_sheet(every)
    many = sum(map(len, kept.values()))
    assert handout.count('class="highlight"') == cheat_sheet.count('class="highlight"') == many
    assert "add_task" in cheat_sheet


def test_what_an_earlier_build_left_is_removed(tmp_path: Path) -> None:
    old = [tmp_path / "student" / "00_old.html", tmp_path / "slides" / "77_gone.html"]
    old += [tmp_path / "instructor" / "lessons" / "gone.html"]
    own = [tmp_path / "student" / "remarks.html", tmp_path / "agenda.html", tmp_path / "00_mine.ipynb"]
    for path in old + own:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    build.build(NOTEBOOKS, tmp_path, {0})
    assert not any(path.exists() for path in old)
    assert all(path.read_text("utf-8") == "mine" for path in own)
    assert (tmp_path / "slides" / "slides.css").is_file()
