def build_payment(connect):
    """Two functions: prepare() is called once; pay(key, cents) may be called again and again."""

    def prepare() -> None: ...

    def pay(key: str, cents: int) -> bool:
        return ____

    return prepare, pay
