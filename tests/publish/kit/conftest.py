from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from course.publish.kit.lessons import TaughtLesson
from course.publish.site import build as site


@pytest.fixture(autouse=True, scope="module")
def no_pages() -> Iterator[None]:
    """Leave out the pages to read, which take seconds: tests/publish/site looks at those of a whole kit."""

    def leave_out(lessons: Sequence[TaughtLesson], out: Path, **_: Any) -> site.Built:
        return site.Built(out, len(lessons), ())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "build", leave_out)
        yield
