"""requirements.txt is the complete lock of what pyproject.toml asks for. Needs no network."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from course.paths import LOCK, ROOT
from course.seat.lock import differences, wanted

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DIRECT = [Requirement(text) for text in PROJECT["dependencies"]]
ON_ALL = re.findall(r"^([\w.-]+)==(\S+)$", LOCK.read_text(encoding="utf-8"), re.MULTILINE)


def _closure() -> set[str]:
    """What the direct dependencies need on this system and Python, as the installed packages say."""
    todo = [(canonicalize_name(direct.name), frozenset(direct.extras)) for direct in DIRECT]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        name, extras = todo.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        for text in metadata.requires(name) or ():
            needed = Requirement(text)
            environments = [{"extra": extra} for extra in ("", *extras)]
            if needed.marker is None or any(needed.marker.evaluate(one) for one in environments):
                todo.append((canonicalize_name(needed.name), frozenset(needed.extras)))
    return {name for name, _ in seen}


@pytest.mark.parametrize("direct", DIRECT, ids=lambda direct: direct.name)
def test_direct_dependency_is_locked_within_its_bounds(direct: Requirement) -> None:
    assert direct.specifier.contains(wanted()[canonicalize_name(direct.name)])


def test_everything_needed_is_locked_and_nothing_else() -> None:
    locked, needed = set(wanted()), _closure()
    assert not needed - locked, "not in requirements.txt: make the lock again (CONTRIBUTING.md)"
    assert not locked - needed, "no longer needed: make the lock again (CONTRIBUTING.md)"


def test_what_is_installed_is_what_is_locked() -> None:
    assert not list(differences())


@pytest.mark.parametrize("python", ["3.11.0", "3.12.0", "3.13.0", "3.14.0"])
def test_every_pin_supports_every_python(python: str) -> None:
    here = wanted()
    pins = [name for name, _ in ON_ALL if name in here]
    assert len(pins) > 100
    without = [
        name
        for name in pins
        if not SpecifierSet(metadata.metadata(name).get("Requires-Python") or "").contains(python)
    ]
    assert not without


def test_every_direct_dependency_has_its_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    for direct in DIRECT:
        (line,) = [line for line in lines if re.match(rf'\s*"{re.escape(direct.name)}[\[<>=!~ ]', line)]
        assert re.search(r"#\s+\w+", line), f"say beside {direct.name} what it is for"


def test_the_command_that_makes_the_lock_is_in_contributing() -> None:
    command = re.search(r"uv pip compile .*", LOCK.read_text(encoding="utf-8"))
    assert command is not None
    assert command.group(0) in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_asked_for_by_the_course() -> None:
    names = {direct.name for direct in DIRECT}
    assert {"jupyter", "fastapi", "httpx", "nest-asyncio", "pytest", "nbval"} <= names


def test_markers_of_the_lock_are_obeyed() -> None:
    text = "here==1.0\n    # via x\nelsewhere==2.0 ; sys_platform == 'nowhere'\n"
    assert wanted(text) == {"here": "1.0"}
