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
