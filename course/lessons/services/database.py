"""The shop's database: SQLite in a temporary file, with a pool of as few connections as you like."""

import itertools
import os
import sqlite3
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What SQLAlchemy knows of our tables."""


class Order(Base):
    """One order."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer: Mapped[str]


class _Connection(sqlite3.Connection):
    """One that is closed when it is forgotten; some lessons are about sessions that nobody closes."""

    def __del__(self) -> None:
        self.close()


_numbers = itertools.count(1)


@cache
def _folder(_process: int) -> "tempfile.TemporaryDirectory[str]":
    """A folder of this process alone: a fork counts on from the same number."""
    return tempfile.TemporaryDirectory(prefix="shop-", ignore_cleanup_errors=True)


def new_file() -> Path:
    """A path for a database that does not exist yet. It goes when Python ends."""
    return Path(_folder(os.getpid()).name, f"shop-{next(_numbers)}.db")


def connect(file: Path) -> sqlite3.Connection:
    """A connection for any thread, beside those of an engine."""
    return sqlite3.connect(file, check_same_thread=False, factory=_Connection)


def new_engine(connections: int = 1) -> Engine:
    """An empty shop; its pool has this many connections, and waits half a second for a free one."""
    engine = create_engine(
        f"sqlite:///{new_file()}",
        pool_size=connections,
        max_overflow=0,
        pool_timeout=0.5,
        connect_args={"factory": _Connection},
    )
    Base.metadata.create_all(engine)
    return engine
