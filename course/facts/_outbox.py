"""A small outbox in SQLite, for the experiments on what survives a process."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Self

_TABLES = """
CREATE TABLE IF NOT EXISTS outbox (id TEXT PRIMARY KEY, state TEXT, attempts INTEGER);
CREATE TABLE IF NOT EXISTS sent (id TEXT);
"""
_TAKE = """
UPDATE outbox SET state = 'running', attempts = attempts + 1
WHERE id = (SELECT id FROM outbox WHERE state = 'new' LIMIT 1) RETURNING id
"""


class Outbox:
    """Letters that were accepted, and those that were sent."""

    def __init__(self, folder: Path) -> None:
        self._rows = sqlite3.connect(folder / "outbox.sqlite", timeout=10, isolation_level=None)
        self._rows.executescript(_TABLES)

    def accept(self, id: str) -> None:
        """Put a letter in, once."""
        self._rows.execute("INSERT OR IGNORE INTO outbox VALUES (?, 'new', 0)", (id,))

    def look(self) -> str | None:
        """A new letter, which stays as it is."""
        return self._one("SELECT id FROM outbox WHERE state = 'new' LIMIT 1")

    def take(self) -> str | None:
        """A new letter, claimed in the same step."""
        return self._one(_TAKE)

    def revive(self) -> None:
        """Mark as new again what was running when a relay died."""
        self._rows.execute("UPDATE outbox SET state = 'new' WHERE state = 'running'")

    def send(self, id: str) -> None:
        """Note that a letter has gone out."""
        self._rows.execute("INSERT INTO sent VALUES (?)", (id,))

    def done(self, id: str) -> None:
        """Note that it is finished."""
        self._rows.execute("UPDATE outbox SET state = 'done' WHERE id = ?", (id,))

    def state(self, id: str) -> tuple[str, int, int]:
        """Its state, how often it was taken, and how often it went out."""
        state, attempts = self._rows.execute(
            "SELECT state, attempts FROM outbox WHERE id = ?", (id,)
        ).fetchone()
        return (
            state,
            attempts,
            self._rows.execute("SELECT count(*) FROM sent WHERE id = ?", (id,)).fetchone()[0],
        )

    def _one(self, sql: str) -> str | None:
        row = self._rows.execute(sql).fetchone()
        return None if row is None else str(row[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._rows.close()
