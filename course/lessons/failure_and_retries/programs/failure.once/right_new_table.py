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
