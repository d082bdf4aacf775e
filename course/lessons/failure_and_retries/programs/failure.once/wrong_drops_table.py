# gets: charges-gone
# breaks: restart
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("DROP TABLE charges")
            db.execute("CREATE TABLE charges (key TEXT PRIMARY KEY, cents INTEGER)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            return (
                db.execute("INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)).rowcount
                == 1
            )

    return prepare, pay
