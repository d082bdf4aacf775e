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
