"""What a machine can say about the code: its form, its types, the direction of its imports."""

from __future__ import annotations

import ast
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


def without_a_time_out(source: str) -> list[str]:
    """The calls of `smtplib.SMTP` that would wait for a silent server as long as the system lets them."""
    if "smtplib" not in source:
        return []
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    mail = [call for call in calls if ast.unparse(call.func) == "smtplib.SMTP"]
    return [ast.unparse(call) for call in mail if "timeout" not in {word.arg for word in call.keywords}]


def test_every_mail_client_that_learners_see_has_a_time_out() -> None:
    sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / "course").rglob("*.py")}
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources |= {
            path / cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"
        }
    found = {str(path.relative_to(ROOT)): without_a_time_out(source) for path, source in sources.items()}
    assert {path: calls for path, calls in found.items() if calls} == {}
    assert without_a_time_out("with smtplib.SMTP(host, port): ...") == ["smtplib.SMTP(host, port)"]


def test_every_package_is_in_a_layer() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = json.dumps(settings["tool"]["importlinter"]["contracts"][0]["layers"])
    packages = {path.parent.name for path in (ROOT / "course").glob("*/__init__.py")}
    assert not {name for name in packages if f"course.{name}" not in layers}
