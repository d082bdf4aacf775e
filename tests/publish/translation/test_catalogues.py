from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from course import words
from course.cli import run_inside
from course.paths import ROOT
from course.publish import translation
from course.publish.translation import _catalogues, _rules
from tests.pseudo import pseudo, write_catalogue

LOCALES = ROOT / "course" / "locales"


@pytest.fixture
def locales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for catalogues."""
    monkeypatch.setenv("COURSE_LOCALES", str(tmp_path))
    return tmp_path


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def template(*texts: str) -> Catalog:
    made = Catalog()
    for number, text in enumerate(texts):
        made.add(text, locations=[(f"notebooks/00_a.ipynb:cell-{number}", None)])
    return made


# ---- the course's own --------------------------------------------------------------------------------


def test_nothing_is_wrong_with_the_translations() -> None:
    assert [str(finding) for finding in translation.audit()] == []


TERMS = {"文本": ("文本编辑器", "UTF-8 文本", "文本是 UTF-8", "单元格没有文本")}
"""Words of Chinese that mean one thing only, and where they stand for it (docs/glossary.md)."""


@pytest.mark.parametrize("path", sorted(LOCALES.glob("zh_CN/*/*.po")), ids=lambda path: path.stem)
def test_a_value_that_is_text_has_one_name_in_chinese(path: Path) -> None:
    """It is a 字符串, as in Python's documentation."""
    for word, places in TERMS.items():
        texts = [str(message.string) for message in catalogue(path) if message.id]
        assert [t for t in texts if t.count(word) != sum(map(t.count, places))] == []


def test_the_sentences_of_the_glossary_are_in_the_catalogues() -> None:
    """Each is from a lesson, also after the lesson has changed."""
    plain = str.maketrans("", "", "*")
    units = [
        (str(message.id).translate(plain), str(message.string).translate(plain))
        for path in LOCALES.glob("zh_CN/*/*.po")
        for message in catalogue(path)
    ]
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").partition("## Sentences")[2]
    found = re.findall(r"^\d+\. (.+)\n +- ✗.+\n +- ✓ (.+)$", text.translate(plain), re.MULTILINE)
    assert len(found) == 15
    assert [en for en, zh in found if not any(en in id and zh in string for id, string in units)] == []


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="gettext is not installed here")
@pytest.mark.parametrize("path", sorted(LOCALES.glob("*/*/*.po")), ids=lambda path: path.stem)
def test_gettext_takes_each_catalogue(path: Path) -> None:
    command = ["msgfmt", "--check", "--output-file=-", str(path)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=300)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_lessons_catalogue_begins_with_its_notebook_in_reading_order() -> None:
    found = translation.templates()["start_here"]
    places = [message.locations[0][0] for message in found if message.id]
    kinds = [place.partition(":")[0].rpartition(".")[2] for place in places]
    assert kinds == sorted(kinds, key=["ipynb", "yaml", "py"].index)
    nb = json.loads((ROOT / "notebooks" / "00_start_here.ipynb").read_text("utf-8"))
    ids = [cell["id"] for cell in nb["cells"]]
    cells = [place.partition(":")[2] for place in places if ".ipynb" in place]
    cells = [cell for cell in cells if cell != "objectives"]
    assert cells == sorted(cells, key=ids.index)
    assert any(place.endswith("en.yaml:exercises.start.ping.misses.wrong-body.says") for place in places)


def test_a_per_cent_sign_is_no_field() -> None:
    assert "python-format" not in _catalogues._text(template("40 to 60 % faster"))


def test_a_catalogue_with_the_marks_of_a_merge_is_named(
    locales: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_inside("new", ["language", "nl"]) == 0
    path = locales / "nl" / "LC_MESSAGES" / "services.po"
    broken = path.read_text("utf-8").replace('msgstr ""\n\n', 'msgstr ""\n<<<<<<< HEAD\n\n', 1)
    path.write_text(broken, "utf-8")
    for options in ([], ["--check"]):
        assert run_inside("translate", ["nl", *options]) != 0
        assert "services.po is not a catalogue" in capsys.readouterr().err
    assert path.read_text("utf-8") == broken


# ---- an edit of the English text ---------------------------------------------------------------------


def test_an_edit_makes_a_unit_fuzzy_and_english_until_somebody_has_looked_at_it(locales: Path) -> None:
    before = "The server answers the request, then the task runs."
    after = "The server answers the request at once, then the task runs."
    path = write_catalogue(locales, "zh_CN", "a", {before: "服务器先响应，然后任务运行。"})
    assert words.translated(before, "a", "zh_CN") == "服务器先响应，然后任务运行。"
    assert translation.bring_up_to_date("zh_CN", {"a": template(after, "Something new.")}) == [path]
    message = catalogue(path)[after]
    assert message is not None
    assert (message.fuzzy, message.string) == (True, "服务器先响应，然后任务运行。")
    words._catalogue.cache_clear()
    assert words.translated(after, "a", "zh_CN") == after
    assert translation.state("zh_CN", "a") == translation.State("a", 2, 0, 1)
    assert translation.state("zh_CN", "a").missing == 1
    assert translation.bring_up_to_date("zh_CN", {"a": template(after, "Something new.")}) == []


def test_a_translation_stays_where_its_text_moves(locales: Path) -> None:
    write_catalogue(locales, "nl", "a", {"One.": "Een.", "Two.": "Twee."})
    (path,) = translation.bring_up_to_date("nl", {"a": template("Two.", "One.")})
    assert [(m.id, m.string) for m in catalogue(path) if m.id] == [("Two.", "Twee."), ("One.", "Een.")]


def test_a_text_that_moves_to_another_lesson_takes_its_translation_with_it(locales: Path) -> None:
    path = write_catalogue(locales, "nl", "a", {"One.": "Een.", "Two.": "Twee.", "Three.": "Drie."})
    translation.bring_up_to_date("nl", {"a": template("One."), "b": template("Two.", "Four.")})
    assert [(m.id, m.string) for m in catalogue(path) if m.id] == [("One.", "Een.")]
    moved = [(m.id, m.string, m.fuzzy) for m in catalogue(path.with_name("b.po")) if m.id]
    assert moved == [("Two.", "Twee.", False), ("Four.", "", False)]


# ---- planted faults ----------------------------------------------------------------------------------


def planted(locales: Path, monkeypatch: pytest.MonkeyPatch, text: str = "", **change: str) -> set[str]:
    """The rules that are broken in a catalogue with two options of a question."""
    english = Catalog()
    for key, option in (("a", "It waits."), ("b", "It runs.")):
        english.add(option, locations=[(f"course/en.yaml:questions.x.y.options.{key}.text", None)])
    monkeypatch.setattr(_catalogues, "templates", lambda: {"a": english})
    texts = {"It waits.": "它等待。", "It runs.": "它运行。"}
    path = write_catalogue(locales, "zh_CN", "a", {**texts, **change})
    if text:
        path.write_text(text, encoding="utf-8")
    return {finding.rule for finding in _rules.audit("zh_CN")}


def test_two_options_that_became_one_are_found(locales: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert planted(locales, monkeypatch) == set()
    assert planted(locales, monkeypatch, **{"It runs.": "它等待。"}) == {"options"}


def test_a_catalogue_that_is_out_of_date_is_found(locales: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert planted(locales, monkeypatch, **{"It ran.": "它运行了。"}) == {"out-of-date"}


def test_a_file_that_is_no_catalogue_is_found(locales: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert planted(locales, monkeypatch, "msgid nothing\n") == {"format"}


def test_a_fault_in_a_catalogue_is_named_with_its_line(
    locales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert planted(locales, monkeypatch, **{"It runs.": "它运行 2 次。"}) == {"number"}
    (finding,) = _rules.audit("zh_CN")
    line = (locales / "zh_CN" / "LC_MESSAGES" / "a.po").read_text("utf-8").splitlines()
    assert line[int(finding.cell.removeprefix("line ")) - 1] == 'msgid "It runs."'


# ---- the language for tests --------------------------------------------------------------------------


@pytest.mark.usefixtures("pseudo")
def test_the_language_for_tests_breaks_no_rule() -> None:
    """So the rules take every text of the course, and so do translations that are longer."""
    assert [str(finding) for finding in translation.audit()] == []


def test_the_language_for_tests_is_a_third_longer() -> None:
    ids = [str(message.id) for template in translation.templates().values() for message in template]
    assert 1.2 < sum(map(len, map(pseudo, ids))) / sum(map(len, ids)) < 1.5


# ---- commands ----------------------------------------------------------------------------------------


def test_a_language_is_begun_filled_and_reported(locales: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_inside("translate", ["nl"]) == 2
    assert "new language nl" in capsys.readouterr().err
    assert run_inside("new", ["language", "nl"]) == 0
    assert words.languages() == ["nl"]
    assert run_inside("translate", []) == 0
    assert "start_here" in capsys.readouterr().out
    assert run_inside("translate", ["--complete"]) == 1
    assert run_inside("new", ["language", "nl"]) == 1
    assert run_inside("new", ["language", "dutch!"]) == 1
    assert run_inside("new", ["language", "en"]) == 1
