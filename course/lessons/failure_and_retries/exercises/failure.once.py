# %% starter
def build_payment(connect):
    """Two functions: prepare() is called once; pay(key, cents) may be called again and again."""

    def prepare() -> None: ...

    def pay(key: str, cents: int) -> bool:
        return ____

    return prepare, pay


# %% right reference
from contextlib import closing


def build_payment(connect):
    """Two functions: prepare() is called once; pay(key, cents) may be called again and again."""

    def prepare() -> None:
        with closing(connect()) as connection, connection:
            connection.execute("CREATE UNIQUE INDEX once ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as connection, connection:
            cursor = connection.execute(
                "INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)
            )
            return cursor.rowcount == 1

    return prepare, pay


# %% right integrity_error
from contextlib import closing


def build_payment(connect):
    def prepare():
        with closing(connect()) as c, c:
            c.executescript(
                """
                ALTER TABLE charges RENAME TO old;
                CREATE TABLE charges (key TEXT PRIMARY KEY, cents INTEGER) WITHOUT ROWID;
                INSERT INTO charges SELECT * FROM old;
                DROP TABLE old;
                """
            )

    def pay(key, cents):
        try:
            with closing(connect()) as c, c:
                c.execute("INSERT INTO charges (cents, key) VALUES (?, ?)", (cents, key))
            return True
        except sqlite3.IntegrityError:
            return False

    return [prepare, pay]


# %% right ledger_of_keys
def build_payment(connect):
    def run(*statements):
        bank = connect()
        try:
            with bank:
                return [bank.execute(*each).rowcount for each in statements]
        finally:
            bank.close()

    def prepare():
        run(("CREATE TABLE keys (key TEXT PRIMARY KEY)",), ("INSERT INTO keys SELECT key FROM charges",))

    def pay(key, cents):
        try:
            run(("INSERT INTO keys VALUES (?)", (key,)), ("INSERT INTO charges VALUES (?, ?)", (key, cents)))
        except sqlite3.IntegrityError:
            return False
        return True

    return prepare, pay


# %% right lock
def build_payment(connect):
    lock = threading.Lock()

    def pay(key, cents):
        with lock:
            connection = connect()
            try:
                if connection.execute("SELECT 1 FROM charges WHERE key = ?", (key,)).fetchone():
                    return False
                connection.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
                connection.commit()
                return True
            finally:
                connection.close()

    return lambda: None, pay


# %% right one_statement
def build_payment(connect):
    def pay(key, cents):
        bank = connect()
        try:
            with bank:
                rows = bank.execute(
                    "INSERT INTO charges SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM charges WHERE key = ?1) "
                    "RETURNING key",
                    (key, cents),
                ).fetchall()
        finally:
            bank.close()
        return bool(rows)

    return print, pay


# %% right row_by_name
from contextlib import closing


def build_payment(connect):
    def prepare():
        with closing(connect()) as bank:
            bank.execute("ALTER TABLE charges ADD COLUMN paid_by TEXT")
            bank.commit()

    def pay(key, cents):
        with closing(connect()) as bank:
            bank.row_factory = sqlite3.Row
            bank.isolation_level = "EXCLUSIVE"
            bank.execute("BEGIN EXCLUSIVE")
            known = bank.execute("SELECT count(*) AS times FROM charges WHERE key = ?", (key,)).fetchone()
            if known["times"]:
                bank.rollback()
                return False
            bank.execute("INSERT INTO charges (key, cents) VALUES (?, ?)", (key, cents))
            bank.commit()
            return True

    return prepare, pay


# %% right write_lock
def build_payment(connect):
    def pay(key, cents):
        connection = connect()
        try:
            connection.isolation_level = None
            connection.execute("BEGIN IMMEDIATE")
            there = connection.execute("SELECT count(*) FROM charges WHERE key = ?", (key,)).fetchone()[0]
            if not there:
                connection.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            connection.execute("COMMIT")
            return not there
        finally:
            connection.close()

    return (lambda: None), pay


# %% right begin_immediate
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        pass

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db:
            db.isolation_level = None
            db.execute("BEGIN IMMEDIATE")
            try:
                if db.execute("SELECT 1 FROM charges WHERE key = ?", (key,)).fetchone():
                    return False
                db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
                return True
            finally:
                db.execute("COMMIT")

    return prepare, pay


# %% right new_table
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE TABLE new (key TEXT PRIMARY KEY, cents INTEGER)")
            db.execute("INSERT OR IGNORE INTO new SELECT key, cents FROM charges")
            db.execute("DROP TABLE charges")
            db.execute("ALTER TABLE new RENAME TO charges")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            return (
                db.execute("INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)).rowcount
                == 1
            )

    return prepare, pay


# %% right returning
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_key ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            return bool(
                db.execute("INSERT OR IGNORE INTO charges VALUES (?, ?) RETURNING 1", (key, cents)).fetchall()
            )

    return prepare, pay


# %% wrong insert gets charged-again
def build_payment(connect):
    def prepare():
        pass

    def pay(key, cents):
        connection = connect()
        with connection:
            cursor = connection.execute("INSERT INTO charges VALUES (?, ?) ", (key, cents))
        connection.close()
        return True

    return prepare, pay


# %% wrong no_index gets charged-again
def build_payment(connect):
    def prepare():
        pass

    def pay(key, cents):
        connection = connect()
        with connection:
            cursor = connection.execute(
                "INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)
            )
        connection.close()
        return cursor.rowcount == 1

    return prepare, pay


# %% wrong last_only gets charged-again
def build_payment(connect):
    lock, last = threading.Lock(), []

    def prepare(): ...

    def pay(key, cents):
        with lock:
            if last and last[-1] == key:
                return False
            last.append(key)
            with connect() as db:
                db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            return True

    return prepare, pay


# %% wrong raises gets duplicate-raises
def build_payment(connect):
    def prepare():
        connection = connect()
        with connection:
            connection.execute("CREATE UNIQUE INDEX once ON charges (key)")
        connection.close()

    def pay(key, cents):
        connection = connect()
        with connection:
            cursor = connection.execute("INSERT INTO charges VALUES (?, ?) ", (key, cents))
        connection.close()
        return True

    return prepare, pay


# %% wrong never_lets_go gets lock-left
held = []


def build_payment(connect):
    def prepare():
        with connect() as connection:
            connection.execute("CREATE UNIQUE INDEX once ON charges (key)")
        held.append(connection)
        connection.execute("BEGIN IMMEDIATE")

    def pay(key, cents):
        with connect() as connection:
            cursor = connection.execute(
                "INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)
            )
        return cursor.rowcount == 1

    return prepare, pay


# %% wrong shared_connection gets needs-prepare breaks restart
from contextlib import closing


def build_payment(connect):
    shared = []

    def prepare() -> None:
        shared.append(connect())
        shared[0].execute("CREATE UNIQUE INDEX IF NOT EXISTS one_key ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        n = shared[0].execute("INSERT OR IGNORE INTO charges VALUES (?, ?)", (key, cents)).rowcount
        shared[0].commit()
        return n == 1

    return prepare, pay


# %% wrong not_committed gets not-charged
def build_payment(connect):
    def prepare():
        connection = connect()
        with connection:
            connection.execute("CREATE UNIQUE INDEX once ON charges (key)")
        connection.close()

    def pay(key, cents):
        connection = connect()
        cursor = connection.execute("INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents))
        connection.close()
        return cursor.rowcount == 1

    return prepare, pay


# %% wrong open_transaction gets not-charged
def build_payment(connect):
    def prepare():
        connect().execute("CREATE UNIQUE INDEX once ON charges (key)")

    def pay(key, cents):
        connection = connect()
        cursor = connection.execute("INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents))
        return cursor.rowcount == 1

    return prepare, pay


# %% wrong one_function gets not-two
def build_payment(connect):
    def pay(key, cents):
        return True

    return pay


# %% wrong one_for_all gets other-key-lost
def build_payment(connect):
    def prepare():
        pass

    def pay(key, cents):
        connection = connect()
        there = connection.execute("SELECT 1 FROM charges").fetchone()
        if not there:
            with connection:
                connection.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        connection.close()
        return not there

    return prepare, pay


# %% wrong nocase gets other-key-lost breaks others
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_key ON charges (key COLLATE NOCASE)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            return (
                db.execute("INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)).rowcount
                == 1
            )

    return prepare, pay


# %% wrong prefix gets key-changed
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_key ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            return (
                db.execute(
                    "INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key[:8], cents)
                ).rowcount
                == 1
            )

    return prepare, pay


# %% wrong strip gets key-changed
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_key ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            return (
                db.execute(
                    "INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key.strip(), cents)
                ).rowcount
                == 1
            )

    return prepare, pay


# %% wrong look_then_insert gets raced breaks threads
def build_payment(connect):
    def prepare():
        pass

    def pay(key, cents):
        connection = connect()
        there = connection.execute("SELECT 1 FROM charges WHERE key = ?", (key,)).fetchone()
        if not there:
            with connection:
                connection.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        connection.close()
        return not there

    return prepare, pay


# %% wrong seen_in_memory gets forgotten
def build_payment(connect):
    def prepare():
        pass

    def pay(key, cents):
        seen = pay.__dict__.setdefault("seen", set())
        if key in seen:
            return False
        connection = connect()
        connection.execute("SELECT 1").fetchone()
        with connection:
            connection.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        connection.close()
        seen.add(key)
        return True

    return prepare, pay


# %% wrong adds_up gets wrong-amount
def build_payment(connect):
    def prepare():
        connection = connect()
        with connection:
            connection.execute("CREATE UNIQUE INDEX once ON charges (key)")
        connection.close()

    def pay(key, cents):
        connection = connect()
        with connection:
            cursor = connection.execute(
                "INSERT INTO charges VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET cents = cents + excluded.cents",
                (key, cents),
            )
        connection.close()
        return cursor.rowcount == 1

    return prepare, pay


# %% wrong cents gets wrong-amount
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_key ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            return (
                db.execute(
                    "INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents // 10)
                ).rowcount
                == 1
            )

    return prepare, pay


# %% wrong always_true gets wrong-answer
def build_payment(connect):
    def prepare():
        connection = connect()
        with connection:
            connection.execute("CREATE UNIQUE INDEX once ON charges (key)")
        connection.close()

    def pay(key, cents):
        connection = connect()
        with connection:
            cursor = connection.execute(
                "INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)
            )
        connection.close()
        return True

    return prepare, pay


# %% wrong replaces gets wrong-answer
def build_payment(connect):
    def prepare():
        connection = connect()
        with connection:
            connection.execute("CREATE UNIQUE INDEX once ON charges (key)")
        connection.close()

    def pay(key, cents):
        connection = connect()
        with connection:
            cursor = connection.execute(
                "INSERT INTO charges VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET cents = excluded.cents",
                (key, cents),
            )
        connection.close()
        return cursor.rowcount == 1

    return prepare, pay


# %% wrong none gets wrong-answer
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_key ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            db.execute("INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)).rowcount == 1

    return prepare, pay


# %% wrong drops_table gets charges-gone breaks restart
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("DROP TABLE charges")
            db.execute("CREATE TABLE charges (key TEXT PRIMARY KEY, cents INTEGER)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            return (
                db.execute("INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)).rowcount
                == 1
            )

    return prepare, pay


# %% wrong busy_is_no gets failure-denied breaks answer
def build_payment(connect):
    def prepare():
        with connect() as db:
            db.execute("CREATE UNIQUE INDEX one_charge ON charges (key)")

    def pay(key, cents):
        db = connect()
        db.execute("PRAGMA busy_timeout = 0")
        try:
            with db:
                db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            return True
        except (sqlite3.IntegrityError, sqlite3.OperationalError):
            return False
        finally:
            db.close()

    return prepare, pay


# %% wrong swallow gets failure-denied breaks answer
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_key ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        try:
            with closing(connect()) as db, db:
                db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            return True
        except Exception:
            return False

    return prepare, pay


# %% wrong swallow_all gets failure-denied
def build_payment(connect):
    def prepare():
        with connect() as db:
            db.execute("CREATE UNIQUE INDEX u ON charges (key)")

    def pay(key, cents):
        try:
            db = connect()
            db.execute("PRAGMA busy_timeout = 0")
            with db:
                db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            return True
        except sqlite3.Error:
            return False

    return prepare, pay


# %% wrong file_of_keys gets forgotten
from contextlib import closing


def build_payment(connect):
    seen, lock = set(), threading.Lock()

    def prepare() -> None:
        with closing(connect()) as db:
            seen.update(k for (k,) in db.execute("SELECT key FROM charges"))

    def pay(key: str, cents: int) -> bool:
        with lock:
            if key in seen:
                return False
            seen.add(key)
        with closing(connect()) as db, db:
            db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        return True

    return prepare, pay


# %% wrong memory gets forgotten
def build_payment(connect):
    seen, lock = set(), threading.Lock()

    def prepare(): ...

    def pay(key, cents):
        with lock:
            if key in seen:
                return False
            seen.add(key)
        with connect() as db:
            db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        return True

    return prepare, pay


# %% wrong memory_lock gets forgotten
from contextlib import closing


def build_payment(connect):
    seen, lock = set(), threading.Lock()

    def prepare() -> None:
        pass

    def pay(key: str, cents: int) -> bool:
        with lock:
            if key in seen:
                return False
            seen.add(key)
        with closing(connect()) as db, db:
            db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        return True

    return prepare, pay


# %% wrong set_after_the_charge gets forgotten breaks restart
def build_payment(connect):
    seen, lock = set(), threading.Lock()

    def prepare(): ...

    def pay(key, cents):
        with lock:
            if key in seen:
                return False
            connection = connect()
            with connection:
                connection.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            connection.close()
            seen.add(key)
        return True

    return prepare, pay


# %% wrong remembered_before gets key-without-charge breaks answer
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            first = db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (key,)).rowcount == 1
        if first:
            with closing(connect()) as db, db:
                db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        return first

    return prepare, pay


# %% wrong amount_unique gets other-amount
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_key ON charges (cents)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            return (
                db.execute("INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)).rowcount
                == 1
            )

    return prepare, pay


# %% wrong pair gets other-amount breaks once
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_key ON charges (key, cents)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            return (
                db.execute("INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)).rowcount
                == 1
            )

    return prepare, pay


# %% wrong where_pair gets other-amount
def build_payment(connect):
    def prepare(): ...

    def pay(key, cents):
        with connect() as db:
            return (
                db.execute(
                    "INSERT INTO charges SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM charges WHERE key = ?1 AND cents = ?2)",
                    (key, cents),
                ).rowcount
                == 1
            )

    return prepare, pay


# %% wrong one_key_for_those_who_meet gets others-at-once breaks threads
def build_payment(connect):
    busy = threading.Lock()

    def prepare():
        with connect() as db:
            db.execute("CREATE UNIQUE INDEX one_charge ON charges (key)")

    def pay(key, cents):
        db = connect()
        free = busy.acquire(blocking=False)
        try:
            db.execute("SELECT 1 FROM charges WHERE key = ?", (key,)).fetchone()
            if not free:
                return bool(db.execute("SELECT 0 FROM charges").fetchone()[0])
            with db:
                return db.execute("INSERT OR IGNORE INTO charges VALUES (?, ?)", (key, cents)).rowcount == 1
        finally:
            if free:
                busy.release()
            db.close()

    return prepare, pay


# %% wrong locked_is_no gets failure-denied breaks answer
import sqlite3


def build_payment(connect):
    def prepare() -> None:
        db = connect()
        with db:
            db.execute("CREATE UNIQUE INDEX one ON charges (key)")
        db.close()

    def pay(key: str, cents: int) -> bool:
        db = connect()
        try:
            with db:
                db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            return True
        except (sqlite3.IntegrityError, sqlite3.OperationalError):
            return False
        finally:
            db.close()

    return prepare, pay


# %% wrong glob gets other-key-lost breaks others
def build_payment(connect):
    def prepare() -> None: ...
    def pay(key: str, cents: int) -> bool:
        db = connect()
        db.isolation_level = None
        try:
            db.execute("BEGIN IMMEDIATE")
            try:
                if db.execute("SELECT 1 FROM charges WHERE key GLOB ?", (key,)).fetchone():
                    return False
                db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
                return True
            finally:
                db.execute("COMMIT")
        finally:
            db.close()

    return prepare, pay


# %% wrong numeric gets other-key-lost breaks others
def build_payment(connect):
    def prepare() -> None:
        db = connect()
        with db:
            db.execute("CREATE TABLE paid (key NUMERIC PRIMARY KEY)")
            db.execute("INSERT OR IGNORE INTO paid SELECT key FROM charges")
        db.close()

    def pay(key: str, cents: int) -> bool:
        db = connect()
        try:
            with db:
                new = db.execute("INSERT OR IGNORE INTO paid VALUES (?)", (key,)).rowcount == 1
                if new:
                    db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            return new
        finally:
            db.close()

    return prepare, pay


# %% wrong hash_key gets forgotten breaks restart
from contextlib import closing


def build_payment(connect):
    def prepare():
        with closing(connect()) as c, c:
            c.execute("CREATE TABLE IF NOT EXISTS paid (key PRIMARY KEY)")

    def pay(key, cents):
        with closing(connect()) as c:
            c.isolation_level = None
            c.execute("BEGIN IMMEDIATE")
            try:
                if c.execute("INSERT OR IGNORE INTO paid VALUES (?)", (hash(key),)).rowcount == 0:
                    c.execute("ROLLBACK")
                    return False
                c.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
                c.execute("COMMIT")
                return True
            except BaseException:
                c.execute("ROLLBACK")
                raise

    return prepare, pay


# %% wrong old_charges_forgotten gets old-charge-again breaks restart
from contextlib import closing


def build_payment(connect):
    def prepare():
        with closing(connect()) as c, c:
            c.execute("CREATE TABLE IF NOT EXISTS paid (key PRIMARY KEY)")

    def pay(key, cents):
        with closing(connect()) as c:
            c.isolation_level = None
            c.execute("BEGIN IMMEDIATE")
            try:
                if c.execute("INSERT OR IGNORE INTO paid VALUES (?)", (key,)).rowcount == 0:
                    c.execute("ROLLBACK")
                    return False
                c.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
                c.execute("COMMIT")
                return True
            except BaseException:
                c.execute("ROLLBACK")
                raise

    return prepare, pay


# %% wrong inner_spaces gets other-key-lost breaks others
from contextlib import closing


def build_payment(connect):
    def prepare():
        with closing(connect()) as c, c:
            c.execute("CREATE TABLE IF NOT EXISTS paid (key PRIMARY KEY)")
            c.execute("INSERT INTO paid SELECT DISTINCT key FROM charges")

    def pay(key, cents):
        with closing(connect()) as c:
            c.isolation_level = None
            c.execute("BEGIN IMMEDIATE")
            try:
                if (
                    c.execute(
                        "INSERT OR IGNORE INTO paid VALUES (?)",
                        (" ".join(key.split(" ")).replace("  ", " "),),
                    ).rowcount
                    == 0
                ):
                    c.execute("ROLLBACK")
                    return False
                c.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
                c.execute("COMMIT")
                return True
            except BaseException:
                c.execute("ROLLBACK")
                raise

    return prepare, pay


# %% wrong first_32 gets other-key-lost breaks others
from contextlib import closing


def build_payment(connect):
    def prepare():
        with closing(connect()) as c, c:
            c.execute("CREATE TABLE IF NOT EXISTS paid (key PRIMARY KEY)")
            c.execute("INSERT INTO paid SELECT DISTINCT key FROM charges")

    def pay(key, cents):
        with closing(connect()) as c:
            c.isolation_level = None
            c.execute("BEGIN IMMEDIATE")
            try:
                if c.execute("INSERT OR IGNORE INTO paid VALUES (?)", (key[:32],)).rowcount == 0:
                    c.execute("ROLLBACK")
                    return False
                c.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
                c.execute("COMMIT")
                return True
            except BaseException:
                c.execute("ROLLBACK")
                raise

    return prepare, pay


# %% wrong normalised gets other-key-lost breaks others
import unicodedata
from contextlib import closing


def build_payment(connect):
    def prepare():
        with closing(connect()) as c, c:
            c.execute("CREATE TABLE IF NOT EXISTS paid (key PRIMARY KEY)")
            c.execute("INSERT INTO paid SELECT DISTINCT key FROM charges")

    def pay(key, cents):
        with closing(connect()) as c:
            c.isolation_level = None
            c.execute("BEGIN IMMEDIATE")
            try:
                if (
                    c.execute(
                        "INSERT OR IGNORE INTO paid VALUES (?)", (unicodedata.normalize("NFC", key),)
                    ).rowcount
                    == 0
                ):
                    c.execute("ROLLBACK")
                    return False
                c.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
                c.execute("COMMIT")
                return True
            except BaseException:
                c.execute("ROLLBACK")
                raise

    return prepare, pay


# %% right copies_the_keys
from contextlib import closing


def build_payment(connect):
    def prepare():
        with closing(connect()) as c, c:
            c.execute("CREATE TABLE IF NOT EXISTS paid (key PRIMARY KEY)")
            c.execute("INSERT INTO paid SELECT DISTINCT key FROM charges")

    def pay(key, cents):
        with closing(connect()) as c:
            c.isolation_level = None
            c.execute("BEGIN IMMEDIATE")
            try:
                if c.execute("INSERT OR IGNORE INTO paid VALUES (?)", (key,)).rowcount == 0:
                    c.execute("ROLLBACK")
                    return False
                c.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
                c.execute("COMMIT")
                return True
            except BaseException:
                c.rollback()
                raise

    return prepare, pay


# %% right digest
import hashlib


def build_payment(connect):
    def prepare():
        c = connect()
        c.create_function("sha", 1, lambda t: hashlib.sha256(t.encode()).hexdigest())
        c.execute("ALTER TABLE charges ADD COLUMN digest TEXT")
        c.execute("UPDATE charges SET digest = sha(key)")
        c.execute("CREATE UNIQUE INDEX d ON charges (digest)")
        c.commit()
        c.close()

    def pay(key, cents):
        c = connect()
        try:
            c.execute(
                "INSERT INTO charges (key, cents, digest) VALUES (?, ?, ?)",
                (key, cents, hashlib.sha256(key.encode()).hexdigest()),
            )
            c.commit()
            return True
        except sqlite3.IntegrityError:
            c.rollback()
            return False
        finally:
            c.close()

    return prepare, pay


# %% right one_thread
from concurrent.futures import ThreadPoolExecutor


def build_payment(connect):
    pool = ThreadPoolExecutor(1)

    def work(key, cents):
        c = connect()
        try:
            with c:
                if c.execute("SELECT count(*) FROM charges WHERE key IS ?", (key,)).fetchone()[0]:
                    return False
                c.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
                return True
        finally:
            c.close()

    return (lambda: None), (lambda key, cents: pool.submit(work, key, cents).result())


# %% wrong error_is_yes gets failure-claimed breaks answer
from contextlib import closing


def build_payment(connect):
    def prepare():
        with closing(connect()) as c, c:
            c.execute("CREATE TABLE IF NOT EXISTS paid (key PRIMARY KEY)")
            c.execute("INSERT INTO paid SELECT DISTINCT key FROM charges")

    def pay(key, cents):
        with closing(connect()) as c:
            c.isolation_level = None
            c.execute("BEGIN IMMEDIATE")
            try:
                if c.execute("INSERT OR IGNORE INTO paid VALUES (?)", (key,)).rowcount == 0:
                    c.execute("ROLLBACK")
                    return False
                c.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
                c.execute("COMMIT")
                return True
            except BaseException:
                c.execute("ROLLBACK")
                return True

    return prepare, pay


# %% wrong quoted gets engine.raised
import sqlite3
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_charge ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            return (
                db.execute(
                    "INSERT INTO charges (key, cents) VALUES ('"
                    + key
                    + "', "
                    + str(cents)
                    + ") ON CONFLICT DO NOTHING"
                ).rowcount
                == 1
            )

    return prepare, pay


# %% wrong no_key gets other-key-lost breaks others
import sqlite3
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_charge ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        if not key:
            return False
        with closing(connect()) as db, db:
            return (
                db.execute(
                    "INSERT INTO charges (key, cents) VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)
                ).rowcount
                == 1
            )

    return prepare, pay


# %% wrong free_of_charge gets other-key-lost
import sqlite3
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_charge ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        if not cents:
            return False
        with closing(connect()) as db, db:
            return (
                db.execute(
                    "INSERT INTO charges (key, cents) VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)
                ).rowcount
                == 1
            )

    return prepare, pay


# %% wrong no_database gets failure-denied breaks answer
import sqlite3
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_charge ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        try:
            db = connect()
        except sqlite3.OperationalError:
            return False
        with closing(db), db:
            return (
                db.execute(
                    "INSERT INTO charges (key, cents) VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)
                ).rowcount
                == 1
            )

    return prepare, pay


# %% wrong lost_commit gets failure-claimed breaks answer
import sqlite3
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_charge ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db:
            new = (
                db.execute(
                    "INSERT INTO charges (key, cents) VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)
                ).rowcount
                == 1
            )
            try:
                db.commit()
            except sqlite3.Error:
                pass
            return new

    return prepare, pay


# %% wrong open_after_an_error gets lock-left breaks answer
def build_payment(connect):
    local = threading.local()

    def prepare():
        pass

    def pay(key, cents):
        if not hasattr(local, "bank"):
            local.bank = connect()
            local.bank.isolation_level = None
        bank = local.bank
        bank.execute("BEGIN IMMEDIATE")
        charged = not bank.execute("SELECT 1 FROM charges WHERE key = ?", (key,)).fetchone()
        if charged:
            bank.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        bank.execute("COMMIT")
        return charged

    return prepare, pay


# %% wrong error_keeps_it_open gets lock-left breaks answer
def build_payment(connect):
    def prepare() -> None: ...

    def pay(key: str, cents: int) -> bool:
        db = connect()
        db.isolation_level = None
        db.execute("BEGIN IMMEDIATE")
        new = db.execute("SELECT 1 FROM charges WHERE key = ?", (key,)).fetchone() is None
        if new:
            db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        db.execute("COMMIT")
        db.close()
        return new

    return prepare, pay


# %% wrong one_connection_for_all gets one-transaction breaks threads
def build_payment(connect):
    def prepare():
        connection = connect()
        connection.execute("CREATE UNIQUE INDEX IF NOT EXISTS once ON charges (key)")
        connection.close()

    shared = []

    def pay(key, cents):
        if not shared:
            shared.append(connect())
        with shared[0] as transaction:
            cursor = transaction.execute("INSERT OR IGNORE INTO charges VALUES (?, ?)", (key, cents))
            return cursor.rowcount == 1

    return prepare, pay


# %% wrong deferred_transaction gets locked-out breaks threads
import sqlite3, unicodedata
from contextlib import closing


def build_payment(connect):
    def prepare():
        with closing(connect()) as c, c:
            c.execute("CREATE TABLE IF NOT EXISTS charges (key TEXT, cents INTEGER)")
            c.execute("CREATE UNIQUE INDEX IF NOT EXISTS once ON charges (key)")

    def pay(key, cents):
        with closing(connect()) as c:
            c.isolation_level = None
            c.execute("BEGIN")
            try:
                if c.execute("SELECT 1 FROM charges WHERE key = ?", (key,)).fetchone():
                    c.execute("ROLLBACK")
                    return False
                c.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
                c.execute("COMMIT")
                return True
            except BaseException:
                if c.in_transaction:
                    c.execute("ROLLBACK")
                raise

    return prepare, pay


# %% wrong looks_with_a_with_clause gets locked-out breaks threads
from contextlib import closing


def build_payment(connect):
    def prepare():
        with closing(connect()) as c, c:
            c.execute("CREATE UNIQUE INDEX once ON charges (key)")

    def pay(key, cents):
        with closing(connect()) as c:
            c.execute("BEGIN")
            rows = c.execute(
                "WITH found AS (SELECT 1 FROM charges WHERE key = ?) SELECT * FROM found", (key,)
            ).fetchall()
            if rows:
                c.execute("COMMIT")
                return False
            c.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            c.execute("COMMIT")
            return True

    return prepare, pay


# %% wrong rtrim gets other-key-lost breaks others
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX once ON charges (key COLLATE RTRIM)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            return (
                db.execute("INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)).rowcount
                == 1
            )

    return prepare, pay


# %% wrong no_patience gets no-patience breaks threads
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX once ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            db.execute("PRAGMA busy_timeout = 0")
            return (
                db.execute("INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)).rowcount
                == 1
            )

    return prepare, pay


# %% wrong total_changes gets earlier-counted breaks answer
import threading


def build_payment(connect):
    mine = threading.local()

    def connection():
        if not hasattr(mine, "db"):
            mine.db = connect()
        return mine.db

    def prepare() -> None:
        with connection() as db:
            db.execute("CREATE UNIQUE INDEX once ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        with connection() as db:
            db.execute("INSERT OR IGNORE INTO charges VALUES (?, ?)", (key, cents))
        return db.total_changes > 0

    return prepare, pay


# %% wrong many_at_once_on_one_connection gets one-transaction
import threading


def build_payment(connect):
    def prepare():
        c = connect()
        c.execute("CREATE UNIQUE INDEX IF NOT EXISTS once ON charges (key)")
        c.close()

    lock = threading.Lock()
    shared = []

    def pay(key, cents):
        with lock:
            if not shared:
                shared.append(connect())
        with shared[0] as c:
            return c.executemany("INSERT OR IGNORE INTO charges VALUES (?, ?)", [(key, cents)]).rowcount == 1

    return prepare, pay


# %% wrong prepare_loses_free gets charges-gone breaks restart
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as bank, bank:
            bank.execute("ALTER TABLE charges RENAME TO before")
            bank.execute("CREATE TABLE charges (key TEXT PRIMARY KEY, cents INTEGER)")
            bank.execute("INSERT INTO charges SELECT key, cents FROM before WHERE cents > 0")
            bank.execute("DROP TABLE before")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as bank, bank:
            return (
                bank.execute(
                    "INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)
                ).rowcount
                == 1
            )

    return prepare, pay


# %% wrong free_do_not_count gets old-charge-again breaks restart
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as bank, bank:
            bank.execute("CREATE TABLE known (key TEXT PRIMARY KEY)")
            bank.execute("INSERT INTO known SELECT key FROM charges WHERE cents > 0")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as bank, bank:
            if bank.execute("INSERT INTO known VALUES (?) ON CONFLICT DO NOTHING", (key,)).rowcount == 0:
                return False
            bank.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            return True

    return prepare, pay


# %% wrong looks_behind_a_comment gets raced
from contextlib import closing


def build_payment(connect):
    def prepare():
        pass

    def pay(key, cents):
        with closing(connect()) as c, c:
            found = c.execute(
                """
                -- has it been charged?
                SELECT 1 FROM charges WHERE key = ?""",
                (key,),
            ).fetchone()
            if found:
                return False
            c.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            return True

    return prepare, pay


# %% wrong looks_with_values gets raced
from contextlib import closing


def build_payment(connect):
    def prepare():
        pass

    def pay(key, cents):
        with closing(connect()) as c, c:
            (found,) = c.execute("VALUES (EXISTS (SELECT 1 FROM charges WHERE key = ?))", (key,)).fetchone()
            if found:
                return False
            c.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            return True

    return prepare, pay


# %% right writer_thread
import queue
from concurrent.futures import Future


def build_payment(connect):
    jobs = queue.Queue()
    started = threading.Lock()
    writers = []

    def write():
        while True:
            key, cents, answer = jobs.get()
            connection = None
            try:
                connection = connect()
                with connection:
                    row = connection.execute("SELECT 1 FROM charges WHERE key = ?", (key,)).fetchone()
                    if row is None:
                        connection.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
                answer.set_result(row is None)
            except Exception as error:
                answer.set_exception(error)
            finally:
                if connection is not None:
                    connection.close()

    def prepare():
        pass

    def pay(key, cents):
        with started:
            if not writers:
                writers.append(threading.Thread(target=write, daemon=True))
                writers[0].start()
        answer = Future()
        jobs.put((key, cents, answer))
        return answer.result()

    return prepare, pay
