"""Every supported Python with three sets of releases; CONTRIBUTING.md says how to run it.

The notebooks are run under the lock only: their stored outputs belong to the releases that it names. What
another release changes in the lessons, the facts say, with the cells to revise.
"""

from pathlib import Path

import nox

nox.needs_version = ">=2025.10.14"
nox.options.default_venv_backend = "uv"

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
ANYWHERE = ("tests/tasks", "tests/timeline", "tests/live", "tests/facts")


@nox.session(python=PYTHONS)
def lock(session: nox.Session) -> None:
    """The releases in requirements.txt: every test, every notebook."""
    session.install("-r", "requirements.txt")
    prove(session)


@nox.session(python=PYTHONS)
def newest(session: nox.Session) -> None:
    """The newest releases that pyproject.toml allows, and other servers."""
    session.install("--upgrade", "-r", "pyproject.toml", "--extra", "servers")
    prove(session, *ANYWHERE)


@nox.session(python=PYTHONS)
def oldest(session: nox.Session) -> None:
    """The oldest releases that pyproject.toml promises."""
    session.install("--resolution", "lowest-direct", "-r", "pyproject.toml")
    prove(session, *ANYWHERE)


def prove(session: nox.Session, *tests: str) -> None:
    """Measure the facts, then run these tests (all of them when none is named)."""
    course = ("python", "-m", "course")
    here = {"COURSE_SET_UP": "no"}
    with Path("facts.json").open("w", encoding="utf-8") as file:
        session.run(*course, "facts", "--json", env=here, stdout=file, stderr=None)
    session.run(*course, "test", *(session.posargs or tests), env=here)
