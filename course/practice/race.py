"""Makes races on a database certain, for checks."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from typing import Any


class RacingConnection(sqlite3.Connection):
    """Waits after a SELECT until every connection has done one: a race that happens sometimes happens now."""

    everybody: threading.Barrier | None = None
    patience = 1.5
    """The longest wait for the others, in seconds."""

    def __del__(self) -> None:
        """Close it when nothing refers to it: closing a connection in use by a thread ends the process."""
        self.close()

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        """As in ``sqlite3``; after a SELECT it waits, see the class."""
        cursor = super().execute(sql, *parameters)
        if self.everybody is None or not sql.lstrip().upper().startswith("SELECT"):
            return cursor
        rows = cursor.fetchall()
        with contextlib.suppress(threading.BrokenBarrierError):
            self.everybody.wait(timeout=self.patience)
        names = [f'? AS "{column[0]}"' for column in cursor.description]
        return super().execute(_select(names, len(rows)), [value for row in rows for value in row])


def _select(columns: list[str], rows: int) -> str:
    """A statement that returns its parameters as rows, under the same column names."""
    if not rows:
        return "SELECT NULL WHERE 0"
    return " UNION ALL ".join([f"SELECT {', '.join(columns)}"] * rows)
