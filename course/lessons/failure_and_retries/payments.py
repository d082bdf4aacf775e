"""Many threads pay the same bill: who decides that it was paid already?"""

import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Literal


def pay_at_the_same_time(guard: Literal["if not there, insert", "unique key"], threads: int) -> int:
    """Pay one bill from so many threads at once; -> how often it was charged."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bank.sqlite"
        with _Connection(path) as bank:
            key = "PRIMARY KEY" if guard == "unique key" else ""
            bank.execute(f"CREATE TABLE charges (key TEXT {key})")
        all_have_looked = Barrier(threads)

        def pay() -> None:
            with _Connection(path) as bank:
                there = bank.execute("SELECT 1 FROM charges WHERE key = 'bill-1'").fetchone()
                all_have_looked.wait(timeout=10)  # what happens sometimes, happens now
                if not there:
                    bank.execute("INSERT INTO charges VALUES ('bill-1') ON CONFLICT DO NOTHING")

        with ThreadPoolExecutor(threads) as pool:
            for future in [pool.submit(pay) for _ in range(threads)]:
                future.result()
        with _Connection(path) as bank:
            (count,) = bank.execute("SELECT count(*) FROM charges").fetchone()
        return int(count)


class _Connection:
    """Commit and close at the end: `with sqlite3.connect(...)` alone does not close."""

    def __init__(self, path: Path) -> None:
        self._bank = sqlite3.connect(path, timeout=10, isolation_level=None)

    def __enter__(self) -> sqlite3.Connection:
        return self._bank

    def __exit__(self, *exc_info: object) -> None:
        self._bank.close()
