from __future__ import annotations

import ast
from pathlib import Path

import pytest

from course import paths, practice
from course.cli import run_inside
from course.paths import ROOT

MODULES = [path for path in sorted((ROOT / "course").rglob("*.py")) if "programs" not in path.parts]


def test_the_workspace_is_in_the_checkout_unless_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("COURSE_WORKSPACE", raising=False)
    assert paths.workspace() == Path(__file__).resolve().parents[1] / "workspace"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_WORKSPACE", "elsewhere")
    assert paths.workspace() == tmp_path / "elsewhere"


def test_everybody_finds_the_same_workspace(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A variable that no shell has expanded, as in a file of settings: what was done is seen everywhere."""
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("COURSE_WORKSPACE", "~/mine")
    monkeypatch.chdir(tmp_path)
    practice.journal().add("answer", "seat.loop", right=True)
    assert (tmp_path / "mine" / ".course" / "journal.jsonl").is_file()
    assert not (tmp_path / "~").exists()
    id = next(iter(practice.lesson("start_here").text.exercises))
    practice.journal().add("check", id, state="passed")
    assert run_inside("progress", ["start_here"]) == 0
    assert "exercises 1 of 1 passed" in capsys.readouterr().out


def test_one_module_knows_the_root_and_the_variable() -> None:
    """The checkout's folder is worked out in one place, and ``COURSE_WORKSPACE`` is read in one place."""
    found = [f"{path.relative_to(ROOT)}: {what}" for path in MODULES for what in _own_ways(path)]
    assert found == []


def _own_ways(path: Path) -> list[str]:
    if path == ROOT / "course" / "paths.py":
        return []
    source = path.read_text("utf-8")
    if "COURSE_WORKSPACE" not in source and "__file__" not in source:
        return []
    tree = ast.parse(source)
    names = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    names += [node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword)]
    variable = ["the variable's name"] * names.count("COURSE_WORKSPACE")
    return variable + [ast.unparse(node) for node in ast.walk(tree) if _climbs(node)]


def _climbs(node: ast.AST) -> bool:
    """Whether an expression goes from a module's own file up by more than its folder."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
        return node.value.attr == "parents" and "__file__" in ast.unparse(node)
    return "__file__" in (text := ast.unparse(node) if isinstance(node, ast.Attribute) else "") and (
        text.count(".parent") > 1
    )


@pytest.mark.parametrize("code", ["Path(__file__).resolve().parents[2]", "Path(__file__).parent.parent"])
def test_the_search_for_other_ways_is_awake(code: str) -> None:
    assert any(map(_climbs, ast.walk(ast.parse(code))))


def test_writing_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "a.ipynb"
    paths.write(path, "old\n")
    path.chmod(0o640)
    with pytest.raises(UnicodeEncodeError):
        paths.write(path, "\ud800")

    def refuse(path: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(KeyboardInterrupt):
            paths.write(path, b"torn")
    assert path.read_bytes() == b"old\n"
    assert list(path.parent.iterdir()) == [path]
    paths.write(path, b"new\n")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new\n", 0o640)
