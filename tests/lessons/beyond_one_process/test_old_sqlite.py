"""DBOS starts on an older SQLite as well."""

import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, event, text

from course.lessons.beyond_one_process import old_sqlite

EPOCH = text("SELECT unixepoch('subsec')")


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 37, 2))
    yield
    event.remove(Engine, "connect", old_sqlite._teach)


@pytest.mark.usefixtures("old")
def test_an_older_sqlite_learns_it() -> None:
    old_sqlite.teach_milliseconds()
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        seconds = connection.execute(EPOCH).scalar_one()
        connection.execute(
            text("CREATE TABLE rows (id INTEGER, t INTEGER NOT NULL DEFAULT (unixepoch('subsec') * 1000))")
        )
        connection.execute(text("INSERT INTO rows (id) VALUES (1)"))
    engine.dispose()
    assert seconds > 1.7e9


def test_a_newer_one_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 42, 0))
    old_sqlite.teach_milliseconds()
    assert not event.contains(Engine, "connect", old_sqlite._teach)
