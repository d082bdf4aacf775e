"""The language of a workspace: chosen at the start, kept by `update`, seen by every process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from course import cli, words
from course.cli import _workspace, run_inside
from course.paths import ROOT
from tests.pseudo import write_catalogue


@pytest.fixture
def chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A course with one lesson in English and in Chinese, and an empty workspace; the workspace's folder."""
    write_catalogue(tmp_path / "locales", "zh_CN", "course", {"{name}: copied.": "{name}：已复制。"})
    for language, title in ((".", "# English"), ("zh_CN", "# 中文")):
        path = tmp_path / "notebooks" / language / "00_a.ipynb"
        path.parent.mkdir(exist_ok=True, parents=True)
        nbformat.write(new_notebook(cells=[new_markdown_cell(title, id="title")]), path)
    monkeypatch.setattr(_workspace, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setenv("COURSE_LOCALES", str(tmp_path / "locales"))
    monkeypatch.setenv("COURSE_WORKSPACE", str(tmp_path / "work"))
    monkeypatch.setenv("COURSE_LANGUAGE", "")
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    words._remembered.cache_clear()
    yield tmp_path / "work"
    words._remembered.cache_clear()


def title(workspace: Path, name: str = "00_a.ipynb") -> str:
    return "".join(json.loads((workspace / name).read_text("utf-8"))["cells"][0]["source"])


def again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new process, as far as the language goes."""
    monkeypatch.setenv("COURSE_LANGUAGE", "")
    words._remembered.cache_clear()


@pytest.mark.parametrize("name", ["zh_CN", "zh", "zh-Hans-CN", "zh_TW.UTF-8"])
def test_the_lessons_come_in_the_language_that_is_chosen(chinese: Path, name: str) -> None:
    assert run_inside("start", ["--no-lab", "--language", name]) == 0
    assert title(chinese) == "# 中文"
    assert sorted(path.name for path in chinese.glob("*")) == [".course", "00_a.ipynb"]
    assert os.environ["COURSE_LANGUAGE"] == "zh_CN"


def test_a_workspace_keeps_its_language(
    chinese: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_inside("start", ["--no-lab", "--language", "zh_CN"])
    (chinese / "00_a.ipynb").unlink()
    again(monkeypatch)
    assert run_inside("update", []) == 0
    assert "已复制" in capsys.readouterr().out
    assert title(chinese) == "# 中文"
    again(monkeypatch)
    run_inside("start", ["--no-lab"])
    assert words.language() == "zh_CN"
    run_inside("start", ["--no-lab", "--language", "en"])
    again(monkeypatch)
    assert words.language() == "en"


def test_another_language_replaces_what_nobody_has_changed(
    chinese: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_inside("start", ["--no-lab"])
    assert title(chinese) == "# English"
    run_inside("start", ["--no-lab", "--language", "zh_CN"])
    assert title(chinese) == "# English"
    assert "python3 -m course update" in capsys.readouterr().out
    again(monkeypatch)
    run_inside("update", [])
    assert title(chinese) == "# 中文"


def test_the_language_of_the_machine_is_taken_if_there_is_a_catalogue(
    chinese: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    run_inside("start", ["--no-lab"])
    assert title(chinese) == "# 中文"
    monkeypatch.setenv("LANG", "C")
    again(monkeypatch)
    assert words.language() == "zh_CN"


def test_a_language_that_there_is_not_is_refused(chinese: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run_inside("start", ["--no-lab", "--language", "tlh"])
    assert "en, zh_CN" in capsys.readouterr().err
    assert not chinese.exists()


def test_the_set_up_and_other_processes_speak_it_too(chinese: Path) -> None:
    cli._speak(cli.parse("start", ["--language", "zh"]))
    program = "from course.words import say; print(ascii(say('{name}: copied.', name='a')))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout.strip() == ascii("a：已复制。")


def test_english_reads_no_catalogue() -> None:
    program = (
        "import builtins, io, sys, pathlib\n"
        "read = pathlib.Path.read_text\n"
        "def note(self, *a, **k):\n"
        "    assert self.suffix != '.po', self\n"
        "    return read(self, *a, **k)\n"
        "pathlib.Path.read_text = note\n"
        "import course, course.words\n"
        "from course.practice import lessons\n"
        "course.words.say('Hello.'); lessons()\n"
        "print('babel' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout.strip() == "False"
