# gets: not-charged
def build_payment(connect):
    def prepare():
        connect().execute("CREATE UNIQUE INDEX once ON charges (key)")

    def pay(key, cents):
        connection = connect()
        cursor = connection.execute("INSERT INTO charges VALUES (?, ?) ON CONFLICT DO NOTHING", (key, cents))
        return cursor.rowcount == 1

    return prepare, pay
