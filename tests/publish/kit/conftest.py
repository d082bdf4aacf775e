from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import leave_out_pages


@pytest.fixture(autouse=True, scope="module")
def no_pages_anywhere() -> Iterator[None]:
    """Every kit here is built without the pages to read."""
    with pytest.MonkeyPatch.context() as patch:
        leave_out_pages(patch)
        yield
