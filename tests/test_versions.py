"""The Pythons that pyproject.toml promises are those of the README, the set-up and the matrix."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from course.cli import COMMANDS
from course.paths import LOCK, ROOT
from course.seat import NEWEST, OLDEST

MINORS = range(OLDEST[1], NEWEST[1] + 1)


@dataclass(frozen=True)
class Promise:
    """The files in which Pythons, releases and commands are named."""

    project: str
    readme: str
    lock: str
    workflow: str
    noxfile: str


def _read() -> Promise:
    paths = ("pyproject.toml", "README.md", LOCK.name, ".github/workflows/course.yml", "noxfile.py")
    return Promise(*((ROOT / path).read_text(encoding="utf-8") for path in paths))


def disagreements(promise: Promise) -> Iterator[str]:
    """What one file says otherwise than the others."""
    project = tomllib.loads(promise.project)["project"]
    pythons = [text.split(" :: ")[-1] for text in project["classifiers"] if ":: Python ::" in text]
    if pythons != [f"{OLDEST[0]}.{minor}" for minor in MINORS]:
        yield f"the classifiers are for {pythons}, the set-up lets in {OLDEST} to {NEWEST}"
    below, above = f"{OLDEST[0]}.{OLDEST[1] - 1}.99", f"{OLDEST[0]}.{OLDEST[1]}.0"
    wanted = SpecifierSet(project["requires-python"])
    if wanted.contains(below) or not wanted.contains(above):
        yield f"requires-python is {wanted}, the oldest Python {above}"
    if f"Python {pythons[0]} to {pythons[-1]} " not in promise.readme:
        yield f"the README does not promise Python {pythons[0]} to {pythons[-1]}"
    if f"--python-version {pythons[0]} " not in promise.lock:
        yield f"the lock is not made for Python {pythons[0]}"
    yield from _of_the_workflow(yaml.safe_load(promise.workflow), pythons, promise.noxfile)


def _of_the_workflow(workflow: dict[str, Any], pythons: list[str], noxfile: str) -> Iterator[str]:
    jobs = workflow["jobs"]
    for name, job in jobs.items():
        if "strategy" in job and job["strategy"]["matrix"]["python"] != pythons:
            yield f"job {name} runs on {job['strategy']['matrix']['python']}, promised are {pythons}"
    elsewhere = {(one["os"], one["python"]) for one in jobs["lock"]["strategy"]["matrix"]["include"]}
    systems = ("macos-latest", "windows-latest")
    if elsewhere != {(system, python) for system in systems for python in (pythons[0], pythons[-1])}:
        yield f"other systems run {sorted(elsewhere)}"
    sessions = {node.name for node in ast.parse(noxfile).body if isinstance(node, ast.FunctionDef)}
    if unknown := set(jobs["releases"]["strategy"]["matrix"]["releases"]) - sessions:
        yield f"noxfile.py has no session {unknown}"
    said = "\n".join(step.get("run", "") for job in jobs.values() for step in job["steps"])
    if unknown := set(re.findall(r"-m course (\S+)", said)) - set(COMMANDS):
        yield f"there is no command {unknown}"
    if "python3 -m course test" not in said.splitlines():
        yield "the workflow does not run the tests as a learner does"


def test_all_files_agree() -> None:
    assert not list(disagreements(_read()))


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("project", '    "Programming Language :: Python :: 3.12",\n', "", "the classifiers are for"),
        ("project", 'requires-python = ">=3.11"', 'requires-python = ">=3.10"', "requires-python is"),
        ("readme", "3.11 to 3.14", "3.11 to 3.13", "the README does not promise"),
        ("lock", "--python-version 3.11 ", "--python-version 3.12 ", "the lock is not made for"),
        ("workflow", '"3.13", "3.14"]', '"3.13"]', "job lock runs on"),
        ("workflow", '{ os: windows-latest, python: "3.14" }', "{ os: x, python: y }", "other systems run"),
        ("workflow", "[newest, oldest]", "[newest, odd]", "noxfile.py has no session"),
        ("workflow", "course facts", "course fiction", "there is no command"),
        ("workflow", "-m course test", "-m pytest", "does not run the tests"),
    ],
)
def test_a_disagreement_is_seen(file: str, old: str, new: str, says: str) -> None:
    promise = _read()
    changed = getattr(promise, file).replace(old, new)
    assert changed != getattr(promise, file)
    assert any(says in problem for problem in disagreements(replace(promise, **{file: changed})))


def test_the_workflow_runs_the_week_s_releases_on_a_schedule() -> None:
    workflow = yaml.safe_load(_read().workflow)
    triggers = workflow[True]  # YAML 1.1 reads `on` as true
    assert triggers["schedule"]
    assert "schedule" in workflow["jobs"]["releases"]["if"]
    assert workflow["permissions"] == {"contents": "read"}
