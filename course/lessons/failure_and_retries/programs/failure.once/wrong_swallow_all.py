# gets: failure-denied
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
