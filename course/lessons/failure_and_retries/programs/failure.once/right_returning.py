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
