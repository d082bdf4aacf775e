def build_payment(connect):
    """Two functions: prepare() is called once; pay(key, cents) may be called again and again."""

    def prepare() -> None:
        connection = connect()
        with connection:
            connection.execute("CREATE UNIQUE INDEX once ON charges (key)")
        connection.close()

    def pay(key: str, cents: int) -> bool:
        connection = connect()
        with connection:
            cursor = connection.execute(
                "INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)
            )
        connection.close()
        return cursor.rowcount == 1

    return prepare, pay
