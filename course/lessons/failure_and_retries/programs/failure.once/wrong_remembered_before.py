# gets: key-without-charge
# breaks: answer
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY)")

    def pay(key: str, cents: int) -> bool:
        with closing(connect()) as db, db:
            first = db.execute("INSERT OR IGNORE INTO seen VALUES (?)", (key,)).rowcount == 1
        if first:
            with closing(connect()) as db, db:
                db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        return first

    return prepare, pay
