# gets: engine.raised
from contextlib import closing


def build_payment(connect):
    shared = []

    def prepare() -> None:
        shared.append(connect())
        shared[0].execute("CREATE UNIQUE INDEX IF NOT EXISTS one_key ON charges (key)")

    def pay(key: str, cents: int) -> bool:
        n = shared[0].execute("INSERT OR IGNORE INTO charges VALUES (?, ?)", (key, cents)).rowcount
        shared[0].commit()
        return n == 1

    return prepare, pay
