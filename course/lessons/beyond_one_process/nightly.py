"""A report that is due at night, made by a scheduler in the lifespan: every worker has one."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from fastapi import FastAPI


def sql(statement: str, *values: str) -> int:
    """Run one statement, and commit; -> how many rows it has changed."""
    with closing(sqlite3.connect(os.environ["DATABASE"], timeout=10)) as connection, connection:
        return connection.execute(statement, values).rowcount


def make_report(night: str) -> None:
    """What every worker does when the time has come."""
    sql("INSERT INTO reports VALUES ('by every worker')")
    if sql("INSERT OR IGNORE INTO nights VALUES (?)", night) == 1:  # night is the table's key: one gets it
        sql("INSERT INTO reports VALUES ('by the one that took the night')")


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """The time has come."""
    await asyncio.to_thread(make_report, "2026-11-21")
    yield


app = FastAPI(lifespan=lifespan)
