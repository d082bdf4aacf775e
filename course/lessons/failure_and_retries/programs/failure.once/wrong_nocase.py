# gets: other-key-lost
# breaks: others
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_key ON charges (key COLLATE NOCASE)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            return (
                db.execute("INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)).rowcount
                == 1
            )

    return prepare, pay
