# %% starter
def build_payment(connect):
    """Two functions: prepare() is called once; pay(key, cents) may be called again and again."""

    def prepare() -> None: ...

    def pay(key: str, cents: int) -> bool:
        return ____

    return prepare, pay


# %% right reference
def build_payment(connect):
    """Two functions: prepare() is called once; pay(key, cents) may be called again and again."""

    def prepare() -> None:
        connection = connect()
        with connection:
            connection.execute("CREATE UNIQUE INDEX once ON charges (key)")
        connection.close()

    def pay(key: str, cents: int) -> bool:
        connection = connect()
        with connection:
            cursor = connection.execute(
                "INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)
            )
        connection.close()
        return cursor.rowcount == 1

    return prepare, pay


# %% right integrity_error
from contextlib import closing


def build_payment(connect):
    def prepare():
        with closing(connect()) as c, c:
            c.executescript(
                "DROP TABLE charges; CREATE TABLE charges (key TEXT PRIMARY KEY, cents INTEGER) WITHOUT ROWID"
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
        run(("CREATE TABLE keys (key TEXT PRIMARY KEY)",))

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
        connection.isolation_level = None
        connection.execute("BEGIN IMMEDIATE")
        there = connection.execute("SELECT count(*) FROM charges WHERE key = ?", (key,)).fetchone()[0]
        if not there:
            connection.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        connection.execute("COMMIT")
        connection.close()
        return not there

    return (lambda: None), pay


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


# %% wrong never_lets_go gets engine.raised
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


# %% wrong look_then_insert gets raced
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


# %% wrong seen_in_memory gets raced
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
