# gets: other-key-lost
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_key ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            return (
                db.execute(
                    "INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key[:8], cents)
                ).rowcount
                == 1
            )

    return prepare, pay
