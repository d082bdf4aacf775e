# gets: others-at-once
# breaks: threads
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
