# gets: failure-denied
# breaks: answer
from contextlib import closing


def build_payment(connect):
    def prepare() -> None:
        with closing(connect()) as db, db:
            db.execute("CREATE UNIQUE INDEX IF NOT EXISTS one_key ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        try:
            with closing(connect()) as db, db:
                db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
            return True
        except Exception:
            return False

    return prepare, pay
