# gets: failure-denied
# breaks: answer
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
