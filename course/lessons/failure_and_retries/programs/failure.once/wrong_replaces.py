# gets: wrong-answer
def build_payment(connect):
    def prepare():
        connection = connect()
        with connection:
            connection.execute("CREATE UNIQUE INDEX once ON charges (key)")
        connection.close()

    def pay(key, cents):
        connection = connect()
        with connection:
            cursor = connection.execute(
                "INSERT INTO charges VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET cents = excluded.cents",
                (key, cents),
            )
        connection.close()
        return cursor.rowcount == 1

    return prepare, pay
