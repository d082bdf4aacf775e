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
