# gets: lock-left
held = []


def build_payment(connect):
    def prepare():
        with connect() as connection:
            connection.execute("CREATE UNIQUE INDEX once ON charges (key)")
        held.append(connection)
        connection.execute("BEGIN IMMEDIATE")

    def pay(key, cents):
        with connect() as connection:
            cursor = connection.execute(
                "INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents)
            )
        return cursor.rowcount == 1

    return prepare, pay
