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
