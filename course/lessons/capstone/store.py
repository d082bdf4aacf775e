"""The orders, in SQLite."""

import sqlite3
from contextlib import closing
from pathlib import Path


class Store:
    """The status of each order, in the table ``orders``. Safe to use from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def save(self, order_id: str, status: str) -> None:
        """Save the status of a new or a known order. It is committed when this returns."""
        with closing(sqlite3.connect(self._path, timeout=10)) as connection, connection:
            connection.execute("INSERT OR REPLACE INTO orders VALUES (?, ?)", (order_id, status))

    def status(self, order_id: str) -> str | None:
        """The status of an order; None if there is no such order."""
        with closing(sqlite3.connect(self._path, timeout=10)) as connection:
            row = connection.execute("SELECT status FROM orders WHERE id = ?", (order_id,)).fetchone()
        return str(row[0]) if row else None
