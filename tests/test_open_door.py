"""What the README promises, and what opens the course elsewhere: workflows, container, Binder, releases."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from course import tasks
from course.cli import COMMANDS
from course.cli._commands import build as parser
from course.notebook import read_raw, strings, title
from course.paths import NOTEBOOKS, ROOT
from course.practice.texts import lessons
from course.publish.site.build import DOCUMENTS
from course.seat import NEWEST, OLDEST

README = (ROOT / "README.md").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = [ROOT / "binder" / "postBuild", ROOT / "binder" / "start"]


def commented_json(path: Path) -> Any:
    """JSON with comments, as VS Code reads it."""
    return json.loads(re.sub(r"(?m)^\s*//.*$", "", path.read_text(encoding="utf-8")))


DEVCONTAINER = commented_json(ROOT / ".devcontainer" / "devcontainer.json")

# ---- the README --------------------------------------------------------------------------------------


def test_one_screen_says_what_it_is_and_how_to_begin() -> None:
    top = README.partition("\n## ")[0]
    assert len(top.split()) < 220
    assert "python3 -m course start" in top
    assert "![" in top, "a picture"


def test_every_badge_is_the_state_of_a_workflow_that_there_is() -> None:
    badges = re.findall(r"\[!\[[^\]]*\]\(([^)]+)\)\]\(([^)]+)\)", README)
    assert badges
    for image, target in badges:
        assert image == f"{target}/badge.svg", "GitHub says it, not we"
        name = Path(target).name
        assert target == f"../../actions/workflows/{name}"
        assert (ROOT / ".github" / "workflows" / name).is_file()


def test_pictures_are_small() -> None:
    for name in re.findall(r"!\[[^\]]*\]\((?!\.\./\.\.)([^)]+)\)", README):
        assert (ROOT / name).stat().st_size < 200_000, name


def test_the_table_has_every_lesson_in_order_with_its_title() -> None:
    rows = re.findall(r"^\| (\d\d) \| \[([^\]]+)\]\(notebooks/([^)]+)\)", README, re.M)
    notebooks = sorted(NOTEBOOKS.glob("*.ipynb"))
    assert [name for _, _, name in rows] == [path.name for path in notebooks]
    for (number, words, _), path in zip(rows, notebooks, strict=True):
        assert title(read_raw(path)).startswith(f"{number} · {words}"), path.name


def test_every_command_and_option_that_it_names_exists() -> None:
    named = set(re.findall(r"-m course (\w+)", README))
    assert {"start", "test", "doctor", "progress", "update", "kit"} <= named <= set(COMMANDS)
    row = next(line for line in README.splitlines() if line.startswith("| `python3 -m course start`"))
    with pytest.raises(SystemExit):
        parser().parse_args(["start", "--help"])
    text = (ROOT / "course" / "cli" / "start.py").read_text(encoding="utf-8")
    for option in re.findall(r"`(--[\w-]+)", row):
        assert f'"{option}"' in text


def test_each_exercise_has_the_hints_that_are_promised() -> None:
    assert "three hints and a solution" in README
    every = [text for lesson in lessons() for text in lesson.text.exercises.values()]
    assert every
    assert {len(text.hints) for text in every} == {3}


@pytest.mark.parametrize("path", sorted(DOCUMENTS))
def test_every_link_of_a_document_leads_to_a_file(path: str) -> None:
    """A document is read on GitHub too; tests/publish/site looks at the pages that come of it."""
    text = (ROOT / path).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if ":" not in link]
    assert [link for link in links if not (ROOT / path).parent.joinpath(link).exists()] == []


# ---- elsewhere ---------------------------------------------------------------------------------------


def test_workflows_run_commands_that_there_are_on_a_python_that_is_supported() -> None:
    assert {path.name for path in WORKFLOWS} == {"course.yml", "pages.yml", "release.yml"}
    for path in WORKFLOWS:
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"-m course (\w+)", text)) <= set(COMMANDS), path.name
        for version in re.findall(r'python-version: "([\d.]+)"', text):
            assert OLDEST <= tuple(map(int, version.split("."))) <= NEWEST
        for file in re.findall(r"(?:tests|\.ci)/[\w/.]+", text):
            assert (ROOT / file).exists(), f"{path.name}: {file}"
        assert yaml.safe_load(text)["permissions"] in ({"contents": "read"}, {"contents": "write"})


def test_the_site_is_looked_at_before_it_is_published() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "pages.yml").read_text("utf-8"))["jobs"]
    said = [step.get("run", step.get("uses", "")) for step in jobs["build"]["steps"]]
    order = [
        next(n for n, text in enumerate(said) if word in text)
        for word in ("site build", "test_site", "upload")
    ]
    assert order == sorted(order)
    assert jobs["deploy"]["needs"] == "build"


def test_a_container_has_the_seat_of_everybody() -> None:
    assert DEVCONTAINER["postCreateCommand"] == "python3 -m course start --no-lab"
    version = DEVCONTAINER["image"].rpartition(":")[2]
    assert OLDEST <= tuple(map(int, version.split("."))) <= NEWEST
    opened = DEVCONTAINER["postAttachCommand"].removeprefix("code workspace/")
    assert opened == sorted(path.name for path in NOTEBOOKS.glob("*.ipynb"))[0]
    settings = DEVCONTAINER["customizations"]["vscode"]["settings"]
    assert settings["python.defaultInterpreterPath"].endswith("/.venv/bin/python")
    assert settings["jupyter.widgetScriptSources"] == []


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_no_stored_output_needs_a_script(path: Path) -> None:
    """VS Code, GitHub and a notebook that is not trusted show HTML, and run none."""
    for cell in read_raw(path)["cells"]:
        for output in cell.get("outputs", ()):
            for place, text in strings(output):
                if place in ("text/html", "image/svg+xml"):
                    assert not re.search(r"(?i)<script|<iframe|\son\w+\s*=|javascript:", text), cell["id"]
                assert place != "application/javascript", cell["id"]


def test_binder_has_a_python_that_is_supported_and_scripts_that_run() -> None:
    runtime = (ROOT / "binder" / "runtime.txt").read_text(encoding="utf-8").strip()
    assert OLDEST <= tuple(map(int, runtime.removeprefix("python-").split("."))) <= NEWEST
    for path in SCRIPTS:
        assert path.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
        assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0
        listed = subprocess.check_output(["git", "ls-files", "-s", str(path)], cwd=ROOT, text=True)
        assert listed.startswith("100755"), f"{path.name} cannot be executed"


def test_the_lifted_tasks_are_what_the_page_says() -> None:
    text = (ROOT / "docs" / "take_it_home.md").read_text(encoding="utf-8")
    own = {path.name for path in (ROOT / "tests" / "tasks").glob("test_*.py")}
    foreign = {
        name for name in own if "from course.live" in (ROOT / "tests" / "tasks" / name).read_text("utf-8")
    }
    assert foreign == {"test_fastapi.py", "test_report.py"}
    assert all(name in text for name in (*foreign, "test_benchmarks.py"))
    reads = {name for name in own if '"docs" /' in (ROOT / "tests" / "tasks" / name).read_text("utf-8")}
    assert reads == {"test_transient.py"}
    assert "`docs/transient.md`" in text
    sources = (path.read_text("utf-8") for path in (ROOT / "course" / "tasks").glob("*.py"))
    assert not [line for source in sources for line in source.splitlines() if '"course.' in line]
    assert {"guarded", "TaskManager", "request_id"} <= set(tasks.__all__)
    assert "docs/take_it_home.md" in DOCUMENTS


# ---- releases ----------------------------------------------------------------------------------------


def release_notes() -> Any:
    spec = importlib.util.spec_from_file_location("release_notes", ROOT / ".ci" / "release_notes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PROJECT = '[project]\nversion = "1.2.0"\n'
CHANGES = "# What\n\n## 1.2.0, 2030-01-31\n\n### For learners\n\n- New.\n\n## 1.1.0, 2030-01-01\n\n- Old.\n"


def test_the_notes_of_a_release_are_its_part_of_the_change_log() -> None:
    assert release_notes().notes("v1.2.0", PROJECT, CHANGES) == "### For learners\n\n- New.\n"


@pytest.mark.parametrize(
    ("tag", "changes", "says"),
    [
        ("v1.3.0", CHANGES, "Make them agree"),
        ("v1.2.0", CHANGES.replace("1.2.0", "1.4.0"), "no heading for 1.2.0"),
        ("v1.2.0", CHANGES.replace("2030-01-31", "not yet released"), "not yet released"),
    ],
)
def test_a_release_that_cannot_be_says_why(tag: str, changes: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        release_notes().notes(tag, PROJECT, changes)


def test_the_version_stands_in_one_place_and_the_change_log_has_it() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(version)}", changes, re.M)
    assert changes.index("### For learners") < changes.index("### For instructors")
    elsewhere = [
        path.name for path in (ROOT / "course").rglob("*.py") if f'"{version}"' in path.read_text("utf-8")
    ]
    assert elsewhere == []
