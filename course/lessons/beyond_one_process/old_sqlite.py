"""What DBOS needs of SQLite, for a Python with an older one."""

import sqlite3
import time

from sqlalchemy import Engine, event


def teach_milliseconds() -> None:
    """Let older SQLites tell the time in parts of a second.

    On Python 3.12 and later DBOS counts on SQLite 3.42, with its ``unixepoch('subsec')``; but a Python that
    was built on the system's own, as on Debian 12 or Ubuntu 22.04, has an older one, where that is NULL and
    DBOS does not start.
    """
    if sqlite3.sqlite_version_info < (3, 42):
        event.listen(Engine, "connect", _teach)


def _teach(connection: object, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("unixepoch", 1, lambda _modifier: time.time())
