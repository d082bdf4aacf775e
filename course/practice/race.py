"""Makes races on a database certain, for checks."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from typing import Any


class RacingConnection(sqlite3.Connection):
    """It waits after a look (SELECT) until everybody has looked: what happens sometimes, happens now."""

    everybody: threading.Barrier | None = None
    patience = 1.5
    """Seconds that it waits for the others at most."""

    def __del__(self) -> None:
        """Only when nobody has it any more: to close what a thread is still using ends the process."""
        self.close()

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        """As ever; see the class."""
        cursor = super().execute(sql, *parameters)
        if self.everybody is None or not sql.lstrip().upper().startswith("SELECT"):
            return cursor
        rows = cursor.fetchall()
        with contextlib.suppress(threading.BrokenBarrierError):
            self.everybody.wait(timeout=self.patience)
        names = [f'? AS "{column[0]}"' for column in cursor.description]
        return super().execute(_select(names, len(rows)), [value for row in rows for value in row])


def _select(columns: list[str], rows: int) -> str:
    """A statement that gives back what it is given, under the same names (for who reads rows by name)."""
    if not rows:
        return "SELECT NULL WHERE 0"
    return " UNION ALL ".join([f"SELECT {', '.join(columns)}"] * rows)
