"""What a machine can say about the code: its form, its types, the direction of its imports."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


LINT_IMPORTS = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize(
    "command", [("check", "--output-format=concise"), ("format", "--check")], ids=lambda c: c[0]
)
def test_ruff_has_nothing_to_say(command: tuple[str, ...]) -> None:
    done = run("-m", "ruff", *command, ".")
    assert done.returncode == 0, done.stdout


def test_ruff_looks_at_every_notebook_and_every_module() -> None:
    done = run("-m", "ruff", "check", "--show-files", ".")
    seen = {Path(line) for line in done.stdout.splitlines()}
    expected = {path for folder in ("course", "tests") for path in (ROOT / folder).rglob("*.py")}
    expected |= set((ROOT / "notebooks").glob("*.ipynb"))
    assert expected <= seen, sorted(expected - seen)


@pytest.mark.long
def test_types_hold() -> None:
    done = run("-m", "mypy")
    assert done.returncode == 0, done.stdout
    assert "no issues found in" in done.stdout


def test_imports_point_one_way() -> None:
    done = run("-c", LINT_IMPORTS)
    assert done.returncode == 0, done.stdout
    assert "2 kept, 0 broken" in done.stdout


def test_every_package_is_in_a_layer() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = json.dumps(settings["tool"]["importlinter"]["contracts"][0]["layers"])
    packages = {path.parent.name for path in (ROOT / "course").glob("*/__init__.py")}
    assert not {name for name in packages if f"course.{name}" not in layers}
