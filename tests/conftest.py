import os
from pathlib import Path

import pytest
from filelock import FileLock

from tests.pseudo import LANGUAGE, write_all


@pytest.fixture(scope="session")
def pseudo_locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with catalogues of the language for tests, which all workers share."""
    whole_run = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        whole_run = whole_run.parent
    folder, done = whole_run / "locales", whole_run / "locales.done"
    with FileLock(whole_run / "locales.lock"):
        if not done.exists():
            write_all(folder)
            done.touch()
    return folder


@pytest.fixture
def pseudo(pseudo_locales: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The course, in this process and in those that it starts, speaks the language for tests."""
    monkeypatch.setenv("COURSE_LOCALES", str(pseudo_locales))
    monkeypatch.setenv("COURSE_LANGUAGE", LANGUAGE)
    return LANGUAGE


def leave_out_pages(patch: pytest.MonkeyPatch) -> None:
    """Build kits without the pages to read, which take seconds: tests/publish/site looks at those."""
    from course.publish.site import build as site

    patch.setattr(site, "build", lambda lessons, out, **_: site.Built(out, len(lessons), ()))


@pytest.fixture
def no_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kits are built without the pages to read."""
    leave_out_pages(monkeypatch)
