# gets: forgotten
from contextlib import closing


def build_payment(connect):
    seen, lock = set(), threading.Lock()

    def prepare() -> None:
        pass

    def pay(key: str, cents: int) -> bool:
        with lock:
            if key in seen:
                return False
            seen.add(key)
        with closing(connect()) as db, db:
            db.execute("INSERT INTO charges VALUES (?, ?)", (key, cents))
        return True

    return prepare, pay
